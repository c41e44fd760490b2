import { Type } from "typebox";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import { previewAction } from "../../actions/preview-action.ts";
import { findPlan } from "../../store/find-plan.ts";
import { findProgram } from "../../store/programs.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { Json, JsonRecord, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

/**
 * `POST /v1/previews` with `{"action": "roll", "program": "shop", "inputs": {"cluster": "web"}}`: what the action would
 * begin with now: its part of the plan, its inputs, clusters, nodes and profiles as they are. A client rehearses the
 * action with it. Nothing is written. 400 for wrong inputs, 404 for an unknown program or action.
 */
export function createPreview(app: Api, context: ApiContext): void {
  const body = Type.Object(
    {
      action: Type.String({ minLength: 1, maxLength: 255 }),
      program: Type.String({ minLength: 1, maxLength: 255 }),
      inputs: Type.Optional(JsonRecord),
    },
    { additionalProperties: false },
  );
  const preview = Type.Object({
    plan: Json,
    inputs: JsonRecord,
    state: Type.Object({
      clusters: Type.Array(Json),
      nodes: Type.Array(Json),
      profiles: Type.Array(Json),
      attachments: Type.Array(Json),
    }),
    schemas: Type.Array(Json),
  });
  const response = { 200: Type.Object({ preview }), ...refusals };
  const schema = { summary: "Read what an action would begin with", body, response };
  app.post("/previews", { schema, config: { rule: "actions:plan" } }, async ({ body: asked, caller }) => {
    const { projectId } = caller;
    const program = await findProgram(context.pool, { projectId, name: asked.program });
    const plan =
      program === null ? null : await findPlan(context.pool, { projectId, hash: program.plan_hash });
    if (plan === null) throw notFound("program", asked.program);
    const { state, ...rest } = await previewAction(context.pool, {
      projectId,
      program: asked.program,
      plan,
      action: asked.action,
      inputs: (asked.inputs ?? {}) as Readonly<Record<string, JsonValue>>, // a parsed JSON body
    });
    const { clusters, nodes, profiles, attachments } = state;
    return {
      preview: {
        ...rest,
        inputs: { ...rest.inputs },
        state: {
          clusters: [...clusters],
          nodes: [...nodes],
          profiles: [...profiles],
          attachments: [...attachments],
        },
        schemas: [...rest.schemas],
      },
    };
  });
}
