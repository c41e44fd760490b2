import { PassThrough, type Readable } from "node:stream";
import { HostFailure } from "../plugin-host.ts";
import type { StreamScrubber } from "../secrets/stream-scrubber.ts";
import type { BrokerCall, Brokered, Capability, Finished } from "./broker-call.ts";
import { shown } from "./shown.ts";

const chunkBytes = 64 * 1024;
const openAtMost = 64;

interface Source {
  readonly kind: "source";
  readonly chunks: AsyncIterator<Buffer>;
  readonly body: Readable;
  readonly scrubber: StreamScrubber;
  rest: Buffer;
  bytes: number;
  reading: boolean;
  finish: (failed: boolean) => void;
}

interface Sink {
  readonly kind: "sink";
  readonly body: PassThrough;
  bytes: number;
}

/** Streams of one call, by number. */
type Open = Map<number, Source | Sink>;

/**
 * Bodies that come and go in pieces of at most 64 KiB, as base64. They belong to a call and end with it. The request
 * that a stream belongs to is in the audit, with all its bytes, once the stream has ended.
 */
export class Streams implements Capability {
  readonly quiet = true;
  readonly #bytesAtMost: number;
  readonly #open = new WeakMap<AbortSignal, Open>();
  #last = 0;

  constructor(bytesAtMost: number) {
    this.#bytesAtMost = bytesAtMost;
  }

  target(input: unknown): string {
    const q = (input ?? {}) as { do?: unknown; id?: unknown };
    return `${shown(q.do, 20)} ${shown(q.id ?? "", 20)}`;
  }

  async run(call: BrokerCall, input: unknown): Promise<Brokered> {
    const q = (input ?? {}) as Record<string, unknown>;
    switch (q["do"]) {
      case "open":
        return { value: this.#add(call, { kind: "sink", body: quietStream(), bytes: 0 }) };
      case "read":
        return { value: await this.#read(call, q["id"]) };
      case "write":
        await this.#write(call, q["id"], q["chunk"]);
        return { value: null };
      case "end":
        this.#sink(call, q["id"]).body.end();
        return { value: null };
      case "fail":
        this.#sink(call, q["id"]).body.destroy(new Error("the plugin gave up its body"));
        return { value: null };
      case "cancel":
        this.cancel(call, idOf(q["id"]));
        return { value: null };
      default:
        throw bad(`a stream has no operation ${shown(q["do"], 50)}`);
    }
  }

  /** Lets the plugin read a body. */
  give(call: BrokerCall, body: Readable): { readonly id: number; readonly finished: Promise<Finished> } {
    const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let finish: Source["finish"] = () => {};
    const scrubber = call.secrets.streamScrubber();
    const source: Source = {
      kind: "source",
      chunks,
      body,
      scrubber,
      rest: Buffer.alloc(0),
      bytes: 0,
      reading: false,
      finish: (failed) => finish(failed),
    };
    const finished = new Promise<Finished>((resolve) => {
      finish = (failed) => resolve({ bytesIn: source.bytes, bytesOut: 0, failed });
    });
    body.on("error", () => finish(true));
    body.on("close", () => finish(false));
    try {
      return { id: this.#add(call, source), finished };
    } catch (error) {
      body.destroy();
      throw error;
    }
  }

  /** Nobody reads it any more. */
  cancel(call: BrokerCall, id: number): void {
    const stream = this.#of(call).get(id);
    stream?.body.destroy();
    if (stream?.kind === "source") stream.finish(false);
    this.#of(call).delete(id);
  }

  /** The body that a plugin writes to, once. */
  take(call: BrokerCall, id: number): { readonly body: Readable; readonly bytes: () => number } {
    const sink = this.#sink(call, id);
    return { body: sink.body, bytes: () => sink.bytes };
  }

  #of(call: BrokerCall): Open {
    const known = this.#open.get(call.signal);
    if (known !== undefined) return known;
    const made: Open = new Map();
    this.#open.set(call.signal, made);
    const endAll = () => {
      for (const stream of made.values()) stream.body.destroy();
      made.clear();
    };
    call.signal.addEventListener("abort", endAll, { once: true });
    return made;
  }

  #add(call: BrokerCall, stream: Source | Sink): number {
    const open = this.#of(call);
    if (call.signal.aborted)
      throw new HostFailure("the call was ended", { code: "call-ended", retryable: true });
    if (open.size >= openAtMost) throw tooMany();
    this.#last += 1;
    open.set(this.#last, stream);
    return this.#last;
  }

  #sink(call: BrokerCall, id: unknown): Sink {
    const stream = this.#of(call).get(idOf(id));
    if (stream?.kind !== "sink") throw bad(`there is no open body ${shown(id, 20)}`);
    return stream;
  }

  async #write(call: BrokerCall, id: unknown, chunk: unknown): Promise<void> {
    const sink = this.#sink(call, id);
    if (typeof chunk !== "string" || chunk.length > chunkBytes * 2)
      throw bad("a chunk is base64 of at most 64 KiB");
    const bytes = Buffer.from(chunk, "base64");
    sink.bytes += bytes.length;
    if (sink.bytes > this.#bytesAtMost) {
      sink.body.destroy(new Error("over the limit"));
      throw tooLarge(this.#bytesAtMost);
    }
    if (sink.body.destroyed || sink.body.writableEnded)
      throw new HostFailure("nobody reads this body any more", { code: "stream-closed", retryable: true });
    if (sink.body.write(bytes)) return;
    await new Promise<void>((resolve) => {
      sink.body.once("drain", resolve);
      sink.body.once("close", resolve);
    });
  }

  async #read(call: BrokerCall, id: unknown): Promise<{ done: true } | { done: false; chunk: string }> {
    const source = this.#of(call).get(idOf(id));
    if (source?.kind !== "source") throw bad(`there is no open stream ${shown(id, 20)}`);
    if (source.reading) throw bad("this stream is being read");
    source.reading = true;
    try {
      while (source.rest.length === 0) {
        const next = await source.chunks.next();
        if (next.done === true) {
          source.rest = source.scrubber.end();
          if (source.rest.length > 0) break;
          this.#of(call).delete(idOf(id));
          source.finish(false);
          return { done: true };
        }
        source.bytes += next.value.length;
        if (source.bytes > this.#bytesAtMost) throw tooLarge(this.#bytesAtMost);
        source.rest = source.scrubber.push(next.value);
      }
      const chunk = source.rest.subarray(0, chunkBytes);
      source.rest = source.rest.subarray(chunk.length);
      return { done: false, chunk: chunk.toString("base64") };
    } catch (error) {
      source.body.destroy();
      this.#of(call).delete(idOf(id));
      source.finish(true);
      if (error instanceof HostFailure) throw error;
      throw new HostFailure(`the answer broke off: ${(error as Error).message}`, {
        code: call.signal.aborted ? "call-ended" : "http-failed",
        retryable: true,
        cause: error,
      });
    } finally {
      source.reading = false;
    }
  }
}

/** No stream has the number 0. */
function idOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** Its end may come when nobody looks. */
function quietStream(): PassThrough {
  const stream = new PassThrough({ highWaterMark: 4 * chunkBytes });
  stream.on("error", () => {});
  return stream;
}

function tooMany(): HostFailure {
  return new HostFailure(`more than ${openAtMost} streams at once in one call`, {
    code: "too-many-requests",
    retryable: false,
    help: "read them to their end, or cancel them",
  });
}

function tooLarge(limit: number): HostFailure {
  return new HostFailure(`a stream of more than ${limit} bytes`, {
    code: "response-too-large",
    retryable: false,
    help: "the operator can raise COPPICE_PLUGIN_STREAM_BYTES",
  });
}

function bad(message: string): HostFailure {
  return new HostFailure(message, { code: "bad-request", retryable: false });
}
