import { randomUUID } from "node:crypto";
import type { LookupFunction } from "node:net";
import {
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  connect,
  type GetMessage,
} from "amqplib";
import type { Json } from "../../../plugins/sdk/driver.ts";
import type { AmqpConsume, AmqpMessage, AmqpPublish } from "../../../plugins/sdk/host.ts";
import { HostFailure } from "../plugin-host.ts";
import type { AmqpTarget } from "./amqp-target.ts";

const connectMs = 10_000;
const textAtMost = 1024 * 1024;
const bytesAtMost = 2 * 1024 * 1024;
const unansweredAtMost = 1000;
const queuesAtMost = 50;
const weekMs = 7 * 24 * 3600 * 1000;

type Received = ConsumeMessage | GetMessage;

interface Inlet {
  readonly channel: Channel;
  readonly unanswered: Map<string, Received>;
  bound: string;
}

/** One connection to a message broker, with a channel to publish and one for each queue that is read. */
export class AmqpLink {
  readonly #model: ChannelModel;
  readonly #inlets = new Map<string, Promise<Inlet>>();
  /** Tags of another connection mean nothing here. */
  readonly #name = randomUUID().slice(0, 8);
  #outlet: Promise<ConfirmChannel> | undefined;
  #tags = 0;
  alive = true;

  private constructor(model: ChannelModel) {
    this.#model = model;
    model.on("error", () => {});
    model.on("close", () => {
      this.alive = false;
    });
  }

  static async open(
    to: AmqpTarget,
    login: { readonly user: string; readonly password: string },
    lookup: LookupFunction,
  ): Promise<AmqpLink> {
    const options = { lookup, timeout: connectMs, noDelay: true };
    const model = await connect(
      {
        protocol: to.protocol,
        hostname: to.host,
        port: to.port,
        username: login.user,
        password: login.password,
        vhost: encodeURIComponent(to.vhost),
        heartbeat: 20,
        frameMax: 131_072,
      },
      options,
    );
    return new AmqpLink(model);
  }

  /** Resolves when the broker has taken the message. Throws when it refuses it or has no such exchange. */
  async publish(q: AmqpPublish, body: string): Promise<void> {
    this.#outlet ??= this.#openOutlet();
    const channel = await this.#outlet;
    await withReason(channel, () => confirmed(channel, q, body));
  }

  /** What is there, or what comes first within `wait`; nothing is acknowledged. */
  async consume(q: AmqpConsume, signal: AbortSignal): Promise<AmqpMessage[]> {
    const inlet = await this.#inletOf(q);
    if (inlet.unanswered.size >= unansweredAtMost)
      throw new HostFailure(
        `${unansweredAtMost} messages of queue ${q.queue} were taken and not acknowledged`,
        {
          code: "amqp-unacknowledged",
          retryable: false,
          help: "acknowledge each message once it is dealt with",
        },
      );
    const received = await withReason(inlet.channel, () => take(inlet.channel, q, signal));
    return received.map((message) => {
      this.#tags += 1;
      const tag = `${this.#name}-${this.#tags}`;
      inlet.unanswered.set(tag, message);
      return shown(tag, message);
    });
  }

  /** Tags that aren't of this connection are left out: their messages come again by themselves. */
  async acknowledge(tags: readonly string[]): Promise<number> {
    let count = 0;
    for (const opening of this.#inlets.values()) {
      const { unanswered, channel } = await opening;
      for (const tag of tags) {
        const message = unanswered.get(tag);
        if (message === undefined) continue;
        channel.ack(message);
        unanswered.delete(tag);
        count += 1;
      }
      await channel.prefetch(1); // an acknowledgement has no answer; this one comes after it
    }
    return count;
  }

  async close(): Promise<void> {
    this.alive = false;
    await this.#model.close().catch(() => {}); // it may be closed already
  }

  async #openOutlet(): Promise<ConfirmChannel> {
    const channel = await this.#model.createConfirmChannel();
    channel.on("error", () => {});
    channel.on("close", () => {
      this.#outlet = undefined;
    });
    return channel;
  }

  async #inletOf(q: AmqpConsume): Promise<Inlet> {
    let opening = this.#inlets.get(q.queue);
    if (opening === undefined) {
      if (this.#inlets.size >= queuesAtMost)
        throw new HostFailure(`more than ${queuesAtMost} queues are read over one connection`, {
          code: "too-many-requests",
          retryable: false,
        });
      opening = this.#openInlet(q.queue);
      this.#inlets.set(q.queue, opening);
      opening.catch(() => this.#inlets.delete(q.queue));
    }
    const inlet = await opening;
    const wanted = JSON.stringify(q.bind ?? null);
    if (q.bind !== undefined && inlet.bound !== wanted) {
      const forgotten = { "x-expires": weekMs, "x-max-length": 100_000 };
      const { exchange, routingKeys } = q.bind;
      await withReason(inlet.channel, async () => {
        await inlet.channel.assertQueue(q.queue, { durable: true, arguments: forgotten });
        for (const key of routingKeys) await inlet.channel.bindQueue(q.queue, exchange, key);
      });
      inlet.bound = wanted;
    }
    return inlet;
  }

  async #openInlet(queue: string): Promise<Inlet> {
    const channel = await this.#model.createChannel();
    channel.on("error", () => {});
    channel.on("close", () => this.#inlets.delete(queue));
    return { channel, unanswered: new Map(), bound: "null" };
  }
}

/** Resolves when the broker has the message. */
function confirmed(channel: ConfirmChannel, q: AmqpPublish, body: string): Promise<void> {
  const json = typeof q.body !== "string";
  const options = {
    persistent: q.persistent ?? true,
    headers: { ...q.headers },
    contentType: json ? "application/json" : "text/plain",
    contentEncoding: "utf-8",
  };
  return new Promise((resolve, reject) => {
    channel.publish(q.exchange ?? "", q.routingKey, Buffer.from(body, "utf8"), options, (error: unknown) => {
      if (error === null || error === undefined) resolve();
      else reject(error as Error);
    });
  });
}

/** A mistake closes the channel; what waits for it only hears that, and the reason comes as an event. */
async function withReason<T>(channel: Channel, work: () => Promise<T>): Promise<T> {
  let reason: Error | undefined;
  let closed = () => {};
  const gone = new Promise<never>((_resolve, reject) => {
    closed = () => reject(reason ?? new Error("the channel was closed"));
  });
  gone.catch(() => {});
  const failed = (error: Error) => {
    reason = error;
  };
  channel.on("error", failed);
  channel.on("close", closed);
  try {
    return await Promise.race([work(), gone]);
  } catch (error) {
    await new Promise((resolve) => setImmediate(resolve)); // the event may come just after
    throw reason ?? error;
  } finally {
    channel.off("error", failed);
    channel.off("close", closed);
  }
}

async function take(channel: Channel, q: AmqpConsume, signal: AbortSignal): Promise<Received[]> {
  const { queue, limit = 10, wait = 0 } = q;
  const there = await takeWaiting(channel, queue, limit);
  if (there.length > 0 || wait === 0) return there;
  const first = await waitForOne(channel, queue, wait, signal);
  return first === undefined ? [] : [first, ...(await takeWaiting(channel, queue, limit - 1))];
}

async function takeWaiting(channel: Channel, queue: string, limit: number): Promise<Received[]> {
  const taken: Received[] = [];
  let bytes = 0;
  while (taken.length < limit && bytes < bytesAtMost) {
    const message = await channel.get(queue);
    if (message === false) break;
    bytes += Math.min(message.content.length, textAtMost);
    taken.push(message);
  }
  return taken;
}

/** A consumer for as long as it takes to get one message: the broker says when there is one. */
async function waitForOne(
  channel: Channel,
  queue: string,
  wait: number,
  signal: AbortSignal,
): Promise<Received | undefined> {
  await channel.prefetch(1);
  let done: (message: Received | undefined) => void = () => {};
  const first = new Promise<Received | undefined>((resolve) => {
    done = resolve;
  });
  const late = setTimeout(() => done(undefined), wait);
  const ended = () => done(undefined);
  signal.addEventListener("abort", ended, { once: true });
  channel.once("close", ended);
  let message: Received | undefined;
  try {
    const { consumerTag } = await channel.consume(queue, (received) => {
      message ??= received ?? undefined;
      done(message);
    });
    await first;
    await channel.cancel(consumerTag);
    return message; // also one that came while the consumer was being cancelled
  } finally {
    clearTimeout(late);
    signal.removeEventListener("abort", ended);
    channel.off("close", ended);
  }
}

function shown(tag: string, { fields, properties, content }: Received): AmqpMessage {
  const text = content.subarray(0, textAtMost).toString("utf8");
  const { exchange, routingKey, redelivered } = fields;
  return { tag, exchange, routingKey, redelivered, headers: plain(properties.headers), text, json: null };
}

/** Headers may hold bytes and dates: they become texts. */
function plain(headers: unknown): Record<string, Json> {
  const texts = JSON.stringify(headers ?? {}, (_name, value: unknown) => {
    const bytes = value as { type?: unknown; data?: unknown } | null;
    if (typeof value === "bigint") return value.toString();
    return bytes?.type === "Buffer" ? Buffer.from(bytes.data as number[]).toString("utf8") : value;
  });
  return texts.length > textAtMost ? {} : (JSON.parse(texts) as Record<string, Json>);
}
