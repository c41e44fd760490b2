import type { Json, Value } from "../../grammar/plan.ts";
import { actionColumns } from "./find-action.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";
import { type ActionOverride, type ActionRow, columns } from "./rows.ts";

/** Adds an action as READY. Fails on a `requestKey` that the project has used (index `action_by_request_key`). */
export async function insertAction(
  db: Queryable,
  q: {
    id: string;
    projectId: string;
    domainId: string | null;
    action: string;
    name: string;
    planHash: string;
    program: string | null;
    clusterId: string | null;
    targetId: string | null;
    targetName: string;
    timeoutSeconds: number;
    cause: string;
    requestedBy: string;
    requestKey: string | null;
    inputs: Readonly<Record<string, Value>>;
    request: Readonly<Record<string, Json>> | null;
    retryOf: string | null;
    override: ActionOverride | null;
    depth: number;
    pace: ActionRow["pace"];
  },
): Promise<ActionRow> {
  const text = `
    insert into action as a (id, project_id, action, name, plan_hash, program, cluster_id, target_id, target_name,
      cause, requested_by, request_key, inputs, override, depth, domain_id, timeout, request,
      retry_of, pace, status)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 'READY')
    returning ${columns("a", actionColumns)}`;
  const about = [q.clusterId, q.targetId, q.targetName];
  const asked = [q.cause, q.requestedBy, q.requestKey, toJsonColumn(q.inputs)];
  const override = q.override === null ? null : toJsonColumn(q.override);
  const request = q.request === null ? null : toJsonColumn(q.request);
  const rest = [
    override,
    q.depth,
    q.domainId,
    q.timeoutSeconds,
    request,
    q.retryOf,
    toJsonColumn({ ...q.pace }),
  ];
  const values = [q.id, q.projectId, q.action, q.name, q.planHash, q.program, ...about, ...asked, ...rest];
  return (await db.query<ActionRow>({ name: "insert-action", text, values })).rows[0]!;
}
