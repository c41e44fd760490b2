import type { Json } from "../../grammar/plan.ts";
import type { Queryable } from "./pool.ts";

/** What became of one call of a step, over all its nodes. */
export interface CallSummaryRow {
  /** Step and number: `roll.1.2-7`. */
  readonly call_id: string;
  readonly operation: string;
  readonly done: number;
  readonly failed: number;
  readonly open: number;
  /** The most often that one of its nodes was tried by an activity. */
  readonly attempts: number;
  readonly begun_at: Date;
  /** The first ten nodes on which it failed, with what their driver said. */
  readonly failures: readonly { readonly node: string; readonly failure: Json }[];
}

/** An action's calls of drivers, in the order in which they began; at most 1,000. */
export async function listCallsOfAction(
  db: Queryable,
  q: { projectId: string; actionId: string },
): Promise<CallSummaryRow[]> {
  const text = `
    select i.call_id, i.operation,
      count(*) filter (where i.state = 'done')::integer as done,
      count(*) filter (where i.state = 'failed')::integer as failed,
      count(*) filter (where i.state = 'open')::integer as open,
      max(i.attempts) as attempts, min(i.created_at) as begun_at,
      coalesce((array_agg(jsonb_build_object('node', coalesce(n.name, i.node_id::text), 'failure', i.outcome -> 'failure')
        order by n.index) filter (where i.state = 'failed'))[1:10], '{}') as failures
    from intent i
    join action a on a.id = i.action_id
    left join node n on n.id = i.node_id
    where a.project_id = $1 and i.action_id = $2
    group by i.call_id, i.operation
    order by min(i.created_at), length(i.call_id), i.call_id
    limit 1000`;
  const values = [q.projectId, q.actionId];
  return (await db.query<CallSummaryRow>({ name: "list-calls-of-action", text, values })).rows;
}

/** One operation that was asked of a node. */
export interface NodeCallRow {
  readonly action_id: string;
  readonly action_name: string;
  readonly action_status: string;
  readonly plan_hash: string;
  readonly call_id: string;
  readonly operation: string;
  readonly state: "open" | "done" | "failed";
  readonly attempts: number;
  readonly failure: Json;
  readonly created_at: Date;
}

/** The last operations on a node of a project, newest first. */
export async function listCallsOfNode(
  db: Queryable,
  q: { projectId: string; nodeId: string; limit: number },
): Promise<NodeCallRow[]> {
  const text = `
    select a.id as action_id, a.action as action_name, a.status as action_status, a.plan_hash, i.call_id, i.operation,
      i.state, i.attempts, i.outcome -> 'failure' as failure, i.created_at
    from action a
    join intent i on i.action_id = a.id
    where a.project_id = $1 and i.node_id = $2
    order by i.created_at desc
    limit $3`;
  const values = [q.projectId, q.nodeId, q.limit];
  return (await db.query<NodeCallRow>({ name: "list-calls-of-node", text, values })).rows;
}
