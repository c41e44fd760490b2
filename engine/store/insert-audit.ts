import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** One call that a plugin made through the broker. Never holds what was sent or received. */
export interface NewAuditEntry {
  readonly projectId: string;
  readonly plugin: string;
  readonly pluginHash: string;
  readonly actionId: string | null;
  readonly callId: string;
  readonly capability: string;
  readonly target: string;
  readonly outcome: "ok" | "refused" | "failed";
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
  readonly at: Date;
}

/** Adds entries to the audit, in order. */
export async function insertAudit(db: Queryable, entries: readonly NewAuditEntry[]): Promise<void> {
  const text = `
    insert into audit (project_id, plugin, plugin_hash, action_id, call_id, capability, target, outcome,
      bytes_in, bytes_out, duration_ms, created_at)
    select "projectId", plugin, "pluginHash", "actionId", "callId", capability, target, outcome,
      "bytesIn", "bytesOut", "durationMs", at
    from jsonb_to_recordset($1::jsonb) as e (
      "projectId" text, plugin text, "pluginHash" text, "actionId" uuid, "callId" text, capability text, target text,
      outcome text, "bytesIn" integer, "bytesOut" integer, "durationMs" real, at timestamptz)`;
  await db.query({
    name: "insert-audit",
    text,
    values: [toJsonColumn(entries.map((entry) => ({ ...entry, at: entry.at.toISOString() })))],
  });
}
