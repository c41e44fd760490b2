import { lookup } from "node:dns";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import type { Logger } from "pino";
import { AmqpLink } from "../host/broker/amqp-link.ts";
import { parseAmqpTarget } from "../host/broker/amqp-target.ts";
import { installationId } from "../store/installation.ts";
import { heedInstanceEvent } from "./heed-instance-event.ts";
import { readInstanceEvent } from "./instance-event.ts";

/** Nova's topics, of either form, whatever the level. */
const routingKeys = ["versioned_notifications.*", "notifications.*"];
const atOnce = 100;
const waitMs = 20_000;

/**
 * Listens to what Nova tells of its servers, for all clusters whose health policy wants LIFECYCLE_EVENTS. All workers of an
 * installation read one queue: each notification reaches one of them, and is acknowledged when it has been heeded; so
 * none is lost when a worker or the database dies. The bus may come and go. `null` where no bus is named.
 */
export async function startLifecycleListener(q: {
  readonly pool: pg.Pool;
  readonly logger: Logger;
  readonly url: URL | null;
  readonly exchange: string;
  /** Before the bus is tried again; 5 when it is left out. */
  readonly retrySeconds?: number;
}): Promise<{ stop(): Promise<void> } | null> {
  if (q.url === null) return null;
  const { url } = q;
  const stopping = new AbortController();
  const queue = `coppice-health-${await installationId(q.pool)}`;
  let told = false;
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await listen(q, { url, queue, signal: stopping.signal, onListening: () => (told = false) });
      } catch (error) {
        const { message } = error as Error;
        if (!told)
          q.logger.warn(
            { reason: message, exchange: q.exchange },
            "health: the message bus can't be heard; trying again",
          );
        told = true;
      }
      await pause((q.retrySeconds ?? 5) * 1000, undefined, stopping).catch(() => {}); // stopped
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function listen(
  q: { readonly pool: pg.Pool; readonly exchange: string },
  bus: {
    readonly url: URL;
    readonly queue: string;
    readonly signal: AbortSignal;
    readonly onListening: () => void;
  },
): Promise<void> {
  const { url, queue, signal } = bus;
  const target = parseAmqpTarget(`${url.protocol}//${url.host}${url.pathname}`);
  if (target === undefined) throw new Error(`${url.host}${url.pathname} names no virtual host of a broker`);
  const login = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const link = await AmqpLink.open(target, login, lookup);
  try {
    const bind = { exchange: q.exchange, routingKeys };
    while (!signal.aborted && link.alive) {
      const messages = await link.consume({ to: url.host, queue, bind, limit: atOnce, wait: waitMs }, signal);
      bus.onListening();
      for (const { text } of messages) {
        const event = readInstanceEvent(text);
        if (event !== null) await heedInstanceEvent(q.pool, event);
      }
      if (messages.length > 0) await link.acknowledge(messages.map(({ tag }) => tag));
    }
  } finally {
    await link.close();
  }
}
