import { type Static, Type } from "typebox";
import { renderFailure } from "../../../grammar/diagnostics/source-frame.ts";
import type { Failure } from "../../../workflows/activities.ts";
import type { ActionOrPartRow } from "../../store/derived-actions.ts";
import { findPlan } from "../../store/find-plan.ts";
import type { ActionRow } from "../../store/rows.ts";
import type { ApiContext } from "../context.ts";
import { type Microversion, newest, senlinsLast } from "../microversion.ts";
import { Id, Json, JsonRecord, nullable } from "./schemas.ts";
import { toEpoch, toSeconds } from "./times.ts";

/** Senlin's action; from 1.15 on with what we know beyond it. */
export const ActionBody = Type.Object({
  id: Id,
  name: Type.String(),
  action: Type.String(),
  target: nullable(Id),
  cluster_id: Type.Optional(Type.String({ description: "Empty when it is about no cluster's node" })),
  cause: Type.String(),
  owner: nullable(Type.String()),
  interval: Type.Integer(),
  start_time: nullable(Type.Number({ description: "Seconds since 1970" })),
  end_time: nullable(Type.Number({ description: "Seconds since 1970" })),
  timeout: Type.Integer({ description: "Seconds" }),
  status: Type.String(),
  status_reason: Type.String(),
  inputs: JsonRecord,
  outputs: Json,
  data: JsonRecord,
  depends_on: Type.Array(Id),
  depended_by: Type.Array(Id),
  user: Type.String(),
  project: Type.String(),
  created_at: nullable(Type.String()),
  updated_at: nullable(Type.String()),
  program: Type.Optional(nullable(Type.String())),
  plan_hash: Type.Optional(Type.String()),
  target_name: Type.Optional(Type.String()),
  requested_by: Type.Optional(Type.String()),
  control: Type.Optional(nullable(Type.String())),
  override: Type.Optional(
    nullable(
      Type.Object(
        { reason: Type.String(), by: Type.String(), roles: Type.Array(Type.String()) },
        { description: 'Why a policy\'s "deny unless" was to be passed over, and who said so' },
      ),
    ),
  ),
  request: Type.Optional(nullable(JsonRecord)),
  retry_of: Type.Optional(nullable(Id)),
  failure: Type.Optional(
    nullable(
      Type.Object({
        code: Type.String(),
        message: Type.String(),
        help: Type.Optional(Type.String()),
        at: Type.Optional(Json),
        frame: Type.Optional(
          Type.String({ description: "The failure with its line of source, ready to print" }),
        ),
      }),
    ),
  ),
  decisions: Type.Optional(Type.Array(Json)),
  progress: Type.Optional(JsonRecord),
  links: Type.Optional(Type.Record(Type.String(), nullable(Type.String()))),
});

/** An action as lists show it: a failure without its source frame. */
export function toActionBody(
  row: ActionRow & Partial<Pick<ActionOrPartRow, "depends_on" | "depended_by">>,
  context: ApiContext,
  microversion: Microversion = newest,
): Static<typeof ActionBody> {
  const ours = microversion > senlinsLast;
  const ended = row.end_time !== null;
  return {
    id: row.id,
    name: row.name,
    action: row.action,
    target: row.target_id,
    ...(microversion >= 14 && { cluster_id: row.cluster_id ?? "" }),
    cause: row.cause,
    owner: ended && !ours ? null : row.run_id,
    interval: -1,
    start_time: toEpoch(row.start_time),
    end_time: toEpoch(row.end_time),
    timeout: row.timeout,
    status: row.status,
    status_reason: ours ? row.status_reason : (reasons[row.status] ?? row.status_reason),
    inputs: ours ? { ...row.inputs } : { ...(row.request ?? withoutReferences(row.inputs)) },
    outputs: ours ? row.outputs : {}, // Senlin never fills them in
    data: { ...row.data },
    depends_on: [...(row.depends_on ?? [])],
    depended_by: [...(row.depended_by ?? [])],
    user: row.requested_by,
    project: row.project_id,
    created_at: toSeconds(row.created_at),
    updated_at: ours ? toSeconds(row.end_time ?? row.start_time) : null,
    ...(ours && {
      program: row.program,
      plan_hash: row.plan_hash,
      target_name: row.target_name,
      requested_by: row.requested_by,
      control: row.control,
      override: row.override === null ? null : { ...row.override, roles: [...row.override.roles] },
      request: row.request === null ? null : { ...row.request },
      retry_of: row.retry_of,
      failure: row.failure as Failure | null, // written by `finishAction`
      decisions: [...row.decisions],
      progress: { ...row.progress },
      links: {
        self: `/v1/actions/${row.id}`,
        events: `/v1/events?action_id=${row.id}`,
        temporal: uiPage(row, context),
      },
    }),
  };
}

/** What Senlin says of an action in each status; of one that failed the cause. */
const reasons: Readonly<Record<string, string>> = {
  RUNNING: "The action is being processed.",
  SUCCEEDED: "Action completed successfully.",
  CANCELLED: "Action execution cancelled",
};

/** Senlin's inputs name no target: that is the action's own. */
function withoutReferences(inputs: ActionRow["inputs"]): Record<string, unknown> {
  const isReference = (value: unknown) =>
    typeof value === "object" && value !== null && ("$cluster" in value || "$node" in value);
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => !isReference(value)));
}

/** The same with the source frame of a failure. */
export async function toFullActionBody(
  row: ActionRow,
  context: ApiContext,
): Promise<Static<typeof ActionBody>> {
  const body = toActionBody(row, context);
  const failure = row.failure as Failure | null; // written by `finishAction`
  if (failure === null) return body;
  const plan = await findPlan(context.pool, { projectId: row.project_id, hash: row.plan_hash });
  return { ...body, failure: { ...failure, frame: renderFailure(plan?.files ?? [], failure) } };
}

/** The page of this very run in Temporal's UI; the workflow's page until the run is known. */
function uiPage(row: ActionRow, { temporal }: ApiContext): string | null {
  if (temporal === null || temporal.uiUrl === null) return null;
  const { namespace } = temporal.client.options;
  const run = row.run_id === null ? "" : `/${row.run_id}/history`;
  return `${temporal.uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${row.id}${run}`;
}
