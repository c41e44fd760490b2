import { createHash } from "node:crypto";
import type pg from "pg";
import type { Logger } from "pino";
import type { Json } from "../../grammar/plan.ts";
import { Refusal } from "../actions/refusal.ts";
import { takeEvent } from "../actions/take-event.ts";
import { canonical } from "../host/plugin-hash.ts";
import { HostFailure, type PluginHost } from "../host/plugin-host.ts";
import { type EventSourceRow, leaseEventSources, settleEventSource } from "../store/event-sources.ts";
import { insertProjectEvent } from "../store/insert-project-event.ts";

export interface SourcePolling {
  readonly pool: pg.Pool;
  readonly host: Pick<PluginHost, "call">;
  readonly logger: Logger;
}

interface Told {
  readonly cursor: Json;
  readonly events: readonly {
    readonly name: string;
    readonly fields: Readonly<Record<string, Json>>;
    readonly id: string;
  }[];
}

const atOnce = 8;
const questionMs = 60_000;
const pauseAtMost = 5 * 60_000;

/**
 * Asks the event sources that are due, each for one program that listens, and takes what they tell of. Events are taken
 * before the cursor is kept, and by their ids: a repeat takes none of them twice. Returns how many were asked.
 */
export async function pollSources(q: SourcePolling): Promise<number> {
  const due = await leaseEventSources(q.pool, { limit: atOnce, leaseSeconds: 2 * (questionMs / 1000) });
  await Promise.all(due.map((row) => poll(q, row)));
  return due.length;
}

async function poll(q: SourcePolling, row: EventSourceRow): Promise<void> {
  try {
    const told = await ask(q, row);
    for (const event of told.events) await take(q, row, event);
    await settleEventSource(q.pool, { ...row, cursor: told.cursor, failures: 0, inMs: row.every_ms });
  } catch (error) {
    await fail(q, row, error);
  }
}

async function ask({ host }: SourcePolling, row: EventSourceRow): Promise<Told> {
  const { use, secrets, source, cursor } = row;
  return (await host.call({
    pluginHash: use.hash,
    projectId: row.project_id,
    grants: use.grants,
    settings: use.settings,
    target: { kind: "other", of: "sources", name: source, operation: "poll" },
    call: { cursor },
    timeoutMs: questionMs,
    origin: { actionId: null, callId: `source ${row.program} ${row.alias}.${source}` },
    secretSource: async (name) => secrets[name] ?? null,
  })) as unknown as Told; // the host checked it
}

/** Programs that set a plugin up alike hear of the same things: what one took, the other doesn't take again. */
async function take(q: SourcePolling, row: EventSourceRow, event: Told["events"][number]): Promise<void> {
  const setUp = createHash("sha256").update(canonical(row.use.settings)).digest("hex").slice(0, 16);
  try {
    await takeEvent(q.pool, {
      projectId: row.project_id,
      plugin: row.use.name,
      event: event.name,
      fields: event.fields,
      key: `source ${row.source} ${setUp} ${event.id}`,
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // another version of the plugin may declare the event otherwise: it must not stop those that come after it
    q.logger.warn(
      { plugin: row.use.name, event: event.name },
      `sources: an event was refused: ${error.message}`,
    );
  }
}

/** Told once as an event, when it begins; then tried again and again, less and less often. */
async function fail(q: SourcePolling, row: EventSourceRow, error: unknown): Promise<void> {
  const name = `${row.alias}.${row.source}`;
  q.logger.warn({ err: error, program: row.program, failures: row.failures + 1 }, `sources: ${name} failed`);
  const inMs = Math.min(Math.max(row.every_ms, 1000) * 2 ** Math.min(row.failures, 10), pauseAtMost);
  await settleEventSource(q.pool, { ...row, failures: row.failures + 1, inMs });
  if (row.failures > 0 || !(error instanceof HostFailure)) return;
  await insertProjectEvent(q.pool, {
    projectId: row.project_id,
    level: "WARN",
    name: "source.failed",
    message: `${row.program}: ${name}: ${error.message}`,
    fields: { program: row.program, source: name, code: error.code },
  });
}
