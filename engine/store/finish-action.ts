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
 * engine/cluster.py, eval_status): ERROR below the smallest size, WARNING off the wanted one, ACTIVE otherwise.
 */
export async function evaluateClusters(
  db: Queryable,
  q: { actionId: string; reason: string },
): Promise<void> {
  const text = `
    update cluster c
    set status = s.status, status_reason = left($2, 1000), updated_at = now()
    from (
      select c.id,
        case
          when count(n.id) filter (where n.status = 'ACTIVE') < c.min_size then 'ERROR'
          when count(n.id) filter (where n.status = 'ACTIVE') = 0 and c.desired_capacity > 0 then 'ERROR'
          when count(n.id) filter (where n.status = 'ACTIVE') <> c.desired_capacity then 'WARNING'
          when count(n.id) <> c.desired_capacity then 'WARNING'
          else 'ACTIVE'
        end as status
      from mailbox m
      join cluster c on c.id = m.cluster_id
      left join node n on n.cluster_id = c.id
      where m.action_id = $1 and m.held
      group by c.id
    ) as s
    where c.id = s.id`;
  await db.query({ name: "evaluate-clusters", text, values: [q.actionId, toTextColumn(q.reason)] });
}
