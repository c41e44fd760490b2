import { type Static, Type } from "typebox";
import { renderFailure } from "../../../grammar/diagnostics/source-frame.ts";
import type { Failure } from "../../../workflows/activities.ts";
import { findPlan } from "../../store/find-plan.ts";
import type { ActionRow } from "../../store/rows.ts";
import type { ApiContext } from "../context.ts";
import { Id, Json, JsonRecord, nullable, Time } from "./schemas.ts";

export const ActionBody = Type.Object({
  id: Id,
  name: Type.String(),
  project: Type.String(),
  program: Type.String(),
  plan_hash: Type.String(),
  cluster_id: nullable(Id),
  target_name: Type.String(),
  cause: Type.String(),
  requested_by: Type.String(),
  status: Type.String(),
  status_reason: Type.String(),
  control: nullable(Type.String()),
  override: nullable(
    Type.Object(
      { reason: Type.String(), by: Type.String(), roles: Type.Array(Type.String()) },
      { description: 'Why a policy\'s "deny unless" was to be passed over, and who said so' },
    ),
  ),
  inputs: JsonRecord,
  outputs: Json,
  failure: nullable(
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
  decisions: Type.Array(Json),
  progress: JsonRecord,
  created_at: Time,
  start_time: nullable(Time),
  end_time: nullable(Time),
  links: Type.Record(Type.String(), nullable(Type.String())),
});

/** An action as lists show it: a failure without its source frame. */
export function toActionBody(row: ActionRow, context: ApiContext): Static<typeof ActionBody> {
  const { project_id: project, seq: _seq, run_id: _run, ...rest } = row;
  return {
    ...rest,
    project,
    override: row.override === null ? null : { ...row.override, roles: [...row.override.roles] },
    inputs: { ...row.inputs },
    failure: row.failure as Failure | null, // written by `finishAction`
    decisions: [...row.decisions],
    progress: { ...row.progress },
    created_at: row.created_at.toISOString(),
    start_time: row.start_time?.toISOString() ?? null,
    end_time: row.end_time?.toISOString() ?? null,
    links: {
      self: `/v1/actions/${row.id}`,
      events: `/v1/events?action_id=${row.id}`,
      temporal: uiPage(row, context),
    },
  };
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
