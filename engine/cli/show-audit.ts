import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printTable } from "./table.ts";

interface AuditAnswer {
  readonly plugin: string;
  readonly plugin_hash: string;
  readonly action_id: string | null;
  readonly call_id: string | null;
  readonly capability: string;
  readonly target: string;
  readonly outcome: string;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly duration_ms: number;
  readonly created_at: string;
}

/** Prints one page of the audit, the newest entries last. */
export async function showAudit(q: {
  readonly plugin: string | undefined;
  readonly action: string | undefined;
  readonly refused: boolean;
  readonly limit: string;
  readonly output: Output;
}): Promise<void> {
  const query = new URLSearchParams({ limit: q.limit });
  if (q.plugin !== undefined) query.set("plugin", q.plugin);
  if (q.action !== undefined) query.set("action_id", q.action);
  if (q.refused) query.set("outcome", "refused");
  const { audit } = await findServer().call<{ audit: readonly AuditAnswer[] }>("GET", `/v1/audit?${query}`);
  const oldestFirst = [...audit].reverse();
  for (const entry of oldestFirst) q.output.data(entry);
  if (audit.length === 0) {
    const of = q.plugin === undefined ? "" : ` of ${q.plugin}`;
    const where = `${of}${q.action === undefined ? "" : ` in action ${q.action}`}`;
    q.output.line(
      q.refused ? `Nothing${where} was refused.` : `The audit holds no request${where || " of a plugin"}.`,
    );
    return;
  }
  printTable(
    q.output,
    ["time", "plugin", "hash", "action", "step", "outcome", "in", "out", "ms", "request"],
    oldestFirst.map((entry) => [
      entry.created_at.replace("T", " ").slice(0, 23),
      entry.plugin,
      entry.plugin_hash.slice(0, 8),
      entry.action_id?.slice(-8) ?? "-",
      entry.call_id ?? "-",
      entry.outcome,
      entry.bytes_in,
      entry.bytes_out,
      Math.round(entry.duration_ms),
      `${entry.capability} ${entry.target}`,
    ]),
  );
}
