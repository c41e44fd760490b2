import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import { holder } from "./holder.ts";
import type { Queryable } from "./pool.ts";

/** What changes in one node's row; what is left out stays, `null` clears. */
export interface NodeUpdate {
  readonly nodeId: string;
  readonly status?: string;
  readonly statusReason?: string;
  readonly physicalId?: string | null;
  readonly createKey?: string | null;
  readonly changes?: Readonly<Record<string, Json>>;
  readonly unconfirmed?: Readonly<Record<string, Json>>;
  readonly healthy?: boolean;
  readonly profileId?: string;
}

/**
 * Changes many nodes of the action's project at once; each at most once a call. Returns how many there were: none when the
 * action has ended meanwhile, since its nodes are others' then. It can't end before the transaction does.
 */
export async function updateNodes(
  db: Queryable,
  q: { actionId: string; changes: readonly NodeUpdate[] },
): Promise<number> {
  if (q.changes.length === 0) return 0;
  const text = `
    with ${holder}
    update node n
    set
      status = coalesce(d ->> 'status', n.status),
      status_reason = coalesce(d ->> 'statusReason', n.status_reason),
      physical_id = case when d ? 'physicalId' then d ->> 'physicalId' else n.physical_id end,
      create_key = case when d ? 'createKey' then d ->> 'createKey' else n.create_key end,
      changes = coalesce(d -> 'changes', n.changes),
      unconfirmed = coalesce(d -> 'unconfirmed', n.unconfirmed),
      healthy = coalesce((d ->> 'healthy')::boolean, n.healthy),
      profile_id = coalesce((d ->> 'profileId')::uuid, n.profile_id),
      created_at = case
        when n.created_at is null and d ->> 'status' = 'ACTIVE' then now()
        else n.created_at
      end,
      updated_at = now()
    from jsonb_array_elements($2::jsonb) as d, action a, holder
    where a.id = $1 and n.project_id = a.project_id and n.id = (d ->> 'nodeId')::uuid`;
  const done = await db.query({
    name: "update-nodes",
    text,
    values: [q.actionId, toJsonColumn(q.changes)],
  });
  return done.rowCount ?? 0;
}
