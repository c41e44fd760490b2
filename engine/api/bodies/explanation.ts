import { type Static, Type } from "typebox";
import type { ActionExplanation } from "../../actions/explain-action.ts";
import type { NodeExplanation } from "../../actions/explain-node.ts";
import type { ApiContext } from "../context.ts";
import { newest } from "../microversion.ts";
import { ActionBody, toActionBody } from "./action.ts";
import { ClusterBody, toClusterBody } from "./cluster.ts";
import { EventBody, toEventBody } from "./event.ts";
import { NodeBody, toNodeBody } from "./node.ts";
import { Id, Json, nullable, Time } from "./schemas.ts";

const place = { place: Type.String(), source: nullable(Type.String()) };
const decision = {
  policy: Type.String(),
  hook: Type.String(),
  action: Type.String(),
  decision: Type.String(),
  reason: Type.String(),
  ...place,
};

export const ActionExplanationBody = Type.Object({
  action: ActionBody,
  version: nullable(Type.Integer({ description: "The version of its program that it runs" })),
  causes: Type.Array(
    Type.Object({
      action_id: Id,
      name: Type.String(),
      cause: Type.String(),
      requested_by: Type.String(),
      created_at: Time,
    }),
  ),
  waiting: Type.Array(
    Type.Object({
      for: Type.String({ description: "cluster, approval, lock or temporal" }),
      text: Type.String(),
      behind: Type.Array(Type.String()),
    }),
  ),
  decisions: Type.Array(Type.Object(decision)),
  calls: Type.Array(
    Type.Object({
      call_id: Type.String(),
      operation: Type.String(),
      undo: Type.Boolean(),
      ...place,
      done: Type.Integer(),
      failed: Type.Integer(),
      open: Type.Integer(),
      attempts: Type.Integer(),
      begun_at: Time,
      failures: Type.Array(Type.Object({ node: Type.String(), failure: Json })),
    }),
  ),
  approvals: Type.Array(
    Type.Object({
      message: Type.String(),
      role: nullable(Type.String()),
      state: Type.String(),
      place: Type.String(),
      deadline: Time,
      answered_by: nullable(Type.String()),
      reason: nullable(Type.String()),
      answered_at: nullable(Time),
    }),
  ),
  frame: nullable(Type.String({ description: "The failure with its line of source, ready to print" })),
  events: Type.Array(EventBody),
});

export const NodeExplanationBody = Type.Object({
  node: NodeBody,
  cluster: nullable(ClusterBody),
  calls: Type.Array(
    Type.Object({
      action_id: Id,
      action_name: Type.String(),
      action_status: Type.String(),
      call_id: Type.String(),
      operation: Type.String(),
      undo: Type.Boolean(),
      ...place,
      state: Type.String(),
      attempts: Type.Integer(),
      failure: Json,
      created_at: Time,
    }),
  ),
  decisions: Type.Array(
    Type.Object({ ...decision, action_id: Id, created_at: Time, operations: Type.Array(Type.String()) }),
  ),
});

/** Why an action is as it is, as the API shows it. */
export function toActionExplanationBody(
  explained: ActionExplanation,
  context: ApiContext,
): Static<typeof ActionExplanationBody> {
  const { version, frame } = explained;
  return {
    action: toActionBody(explained.action, context),
    version,
    causes: explained.causes.map((link) => ({ ...link, created_at: link.created_at.toISOString() })),
    waiting: explained.waiting.map((each) => ({ ...each, behind: [...each.behind] })),
    decisions: explained.decisions.map(({ at: _, ...rest }) => rest),
    calls: explained.calls.map(({ begun_at, failures, ...rest }) => {
      return { ...rest, begun_at: begun_at.toISOString(), failures: [...failures] };
    }),
    approvals: explained.approvals.map((row) => {
      const { message, role, state, answered_by, reason } = row;
      const answered_at = row.answered_at?.toISOString() ?? null;
      const deadline = row.deadline.toISOString();
      return { message, role, state, place: row.place, deadline, answered_by, reason, answered_at };
    }),
    frame,
    events: explained.events.map((event) => toEventBody(event)),
  };
}

/** Why a node is as it is, as the API shows it. */
export function toNodeExplanationBody(explained: NodeExplanation): Static<typeof NodeExplanationBody> {
  return {
    node: toNodeBody(explained.node, newest),
    cluster: explained.cluster === null ? null : toClusterBody(explained.cluster, newest),
    calls: explained.calls.map(({ plan_hash: _, created_at, ...rest }) => {
      return { ...rest, created_at: created_at.toISOString() };
    }),
    decisions: explained.decisions.map(({ at: _, created_at, operations, ...rest }) => {
      return { ...rest, created_at: created_at.toISOString(), operations: [...operations] };
    }),
  };
}
