import { pageLimit } from "./page.ts";
import type { Queryable } from "./pool.ts";

export interface AuditRow {
  readonly id: string;
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
  readonly created_at: Date;
}

/** A project's calls of plugins through the broker, newest first, before the entry `marker`; those of a plugin, an action, an outcome when given. */
export async function listAudit(
  db: Queryable,
  q: {
    projectId: string;
    plugin: string | null;
    actionId: string | null;
    outcome: string | null;
    marker: string | null;
    limit: number;
  },
): Promise<AuditRow[]> {
  const text = `
    select id, plugin, plugin_hash, action_id, call_id, capability, target, outcome, bytes_in, bytes_out, duration_ms,
      created_at
    from audit
    where project_id = $1
      and ($2::text is null or plugin = $2)
      and ($3::uuid is null or action_id = $3)
      and ($4::bigint is null or id < $4)
      and ($5::text is null or outcome = $5)
    order by id desc
    limit $6`;
  const values = [q.projectId, q.plugin, q.actionId, q.marker, q.outcome, pageLimit(q)];
  return (await db.query<AuditRow>({ name: "list-audit", text, values })).rows;
}
