import type { Json, Value } from "../../grammar/plan.ts";
import { toJsonColumn, toTextColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** Writes an action's end. `false` when it had ended before: then nothing changes. */
export async function endAction(
  db: Queryable,
  q: {
    actionId: string;
    status: "SUCCEEDED" | "FAILED" | "CANCELLED";
    reason: string;
    failure: Json;
    outputs: Value;
    decisions: readonly Json[];
  },
): Promise<boolean> {
  const text = `
    update action
    set status = $2, status_reason = $3, failure = nullif($4::jsonb, 'null'), outputs = nullif($5::jsonb, 'null'),
      decisions = $6, end_time = now(), control = null
    where id = $1 and status in ('READY', 'RUNNING')`;
  const json = [q.failure, q.outputs, q.decisions].map(toJsonColumn);
  const values = [q.actionId, q.status, toTextColumn(q.reason), ...json];
  return (await db.query({ name: "end-action", text, values })).rowCount === 1;
}

/**
 * Gives the clusters of an ended action the status that their nodes justify, as Senlin does (senlin:
 * engine/cluster.py, eval_status): ERROR below the smallest size, WARNING below the wanted or above the largest one, ACTIVE
 * otherwise. Suspended nodes are as they are wanted to be; where all are, so is the cluster. `reason` replaces what this
 * says of it; `unchanged` leaves what was said before. `created`: the cluster has just come to be.
 */
export async function evaluateClusters(
  db: Queryable,
  q: { actionId: string; action: string; reason: string | null; unchanged: boolean; created: boolean },
): Promise<void> {
  const text = `
    update cluster c
    set status = s.status, updated_at = now(),
      status_reason = case when $5 then c.status_reason
        else left(coalesce($2, $3 || ': ' || s.reason), 1000) end,
      created_at = case when c.created_at is null and $4 then now() else c.created_at end
    from (
      select c.id,
        case
          when a.suspended > 0 and a.suspended = a.there then 'SUSPENDED'
          when a.active < c.min_size then 'ERROR'
          when a.active < c.desired_capacity then 'WARNING'
          when c.max_size < 0 or a.active <= c.max_size then 'ACTIVE'
          else 'WARNING'
        end as status,
        case when a.suspended > 0 and a.suspended = a.there then 'all nodes are suspended.'
        else 'number of active nodes is ' || case
          when a.active < c.min_size then 'below min_size (' || c.min_size || ').'
          when a.active < c.desired_capacity then 'below desired_capacity (' || c.desired_capacity || ').'
          when c.max_size < 0 or a.active <= c.max_size
            then 'equal or above desired_capacity (' || c.desired_capacity || ').'
          else 'above max_size (' || c.max_size || ').'
        end end as reason
      from mailbox m
      join cluster c on c.id = m.cluster_id,
      lateral (
        select count(*) filter (where n.status in ('ACTIVE', 'SUSPENDED')) as active,
          count(*) filter (where n.status = 'SUSPENDED') as suspended, count(*) as there
        from node n where n.cluster_id = c.id and not n.standby
      ) as a
      where m.action_id = $1 and (m.held or ($3 = 'CLUSTER_CREATE' and c.status = 'INIT')) -- cancelled before it began
    ) as s
    where c.id = s.id`;
  const reason = q.reason === null ? null : toTextColumn(q.reason);
  const values = [q.actionId, reason, q.action, q.created, q.unchanged];
  await db.query({ name: "evaluate-clusters", text, values });
}
