import { Type } from "typebox";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import { cancelAction as cancel } from "../../actions/cancel-action.ts";
import { submitAction } from "../../actions/submit-action.ts";
import { findAction, listActions } from "../../store/find-action.ts";
import { findCluster } from "../../store/find-cluster.ts";
import { findPlan } from "../../store/find-plan.ts";
import { isId } from "../../store/new-id.ts";
import { findProgram } from "../../store/programs.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ActionBody, toActionBody, toFullActionBody } from "../bodies/action.ts";
import { Id, JsonRecord, pageQuery, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { statusFilter } from "../status-filter.ts";

const params = Type.Object({ action: Type.String() });
const one = Type.Object({ action: ActionBody });

/**
 * `POST /v1/actions` with `{"action": "roll", "program": "shop", "inputs": {"cluster": "web", "image": "web:2"}}`.
 * 202 with `Location: /v1/actions/{id}` at once; it runs when its clusters are free. `request_key` makes a repeat return
 * the first one. `"override": {"reason": "…"}` passes over policies that yield to a role of the caller. 400 for wrong inputs, 404 for an unknown program or action, 409 for a cluster of another program.
 */
export function createAction(app: Api, context: ApiContext): void {
  const body = Type.Object(
    {
      action: Type.String({ minLength: 1, maxLength: 255 }),
      program: Type.String({ minLength: 1, maxLength: 255 }),
      inputs: Type.Optional(JsonRecord),
      request_key: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      override: Type.Optional(
        Type.Object(
          { reason: Type.String({ minLength: 1, maxLength: 1000, pattern: "\\S" }) },
          { additionalProperties: false },
        ),
      ),
    },
    { additionalProperties: false },
  );
  const schema = { summary: "Start an action", body, response: { 202: one, ...refusals } };
  app.post("/actions", { schema }, async ({ body: asked, caller }, reply) => {
    const { projectId } = caller;
    const program = await findProgram(context.pool, { projectId, name: asked.program });
    const plan =
      program === null ? null : await findPlan(context.pool, { projectId, hash: program.plan_hash });
    if (plan === null) throw notFound("program", asked.program);
    const row = await submitAction(context.pool, {
      projectId,
      program: asked.program,
      plan,
      action: asked.action,
      inputs: (asked.inputs ?? {}) as Readonly<Record<string, JsonValue>>, // a parsed JSON body
      requestedBy: caller.userId,
      cause: "RPC Request",
      requestKey: asked.request_key,
      override: asked.override && { reason: asked.override.reason, by: caller.userId, roles: caller.roles },
    });
    return reply
      .code(202)
      .header("location", `/v1/actions/${row.id}`)
      .send({ action: toActionBody(row, context) });
  });
}

/** `GET /v1/actions?limit&marker&cluster&status&name`: newest first; `status` may hold several, parted by commas. */
export function getActions(app: Api, context: ApiContext): void {
  const querystring = Type.Object({
    ...pageQuery,
    marker: Type.Optional(Id),
    cluster: Type.Optional(Type.String({ description: "Id or name" })),
    cluster_id: Type.Optional(Id),
    status: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
  });
  const response = { 200: Type.Object({ actions: Type.Array(ActionBody) }), ...refusals };
  app.get(
    "/actions",
    { schema: { summary: "List actions", querystring, response } },
    async ({ query, caller }) => {
      const { projectId } = caller;
      const { limit = 100, marker = null, name = null } = query;
      let clusterId = query.cluster_id ?? null; // of a cluster that may be gone: its actions stay
      if (query.cluster !== undefined) {
        const cluster = await findCluster(context.pool, { projectId, idOrName: query.cluster });
        clusterId = cluster?.id ?? (isId(query.cluster) ? query.cluster : null);
        if (clusterId === null) throw notFound("cluster", query.cluster);
      }
      const status = statusFilter(query.status);
      const rows = await listActions(context.pool, { projectId, limit, marker, clusterId, status, name });
      return { actions: rows.map((row) => toActionBody(row, context)) };
    },
  );
}

/** `GET /v1/actions/{id}`: with decisions, a failure's source frame and links. 404 for an unknown one. */
export function getAction(app: Api, context: ApiContext): void {
  const schema = { summary: "Show an action", params, response: { 200: one, ...refusals } };
  app.get("/actions/:action", { schema }, async ({ params: { action: actionId }, caller }) => {
    const row = isId(actionId)
      ? await findAction(context.pool, { projectId: caller.projectId, actionId })
      : null;
    if (row === null) throw notFound("action", actionId);
    return { action: await toFullActionBody(row, context) };
  });
}

/**
 * `POST /v1/actions/{id}/cancel`: 202. One that waits is CANCELLED at once; one that runs undoes what it did first.
 * A repeat changes nothing. 409 for one that has ended otherwise, 404 for an unknown one.
 */
export function cancelAction(app: Api, context: ApiContext): void {
  const schema = { summary: "Cancel an action", params, response: { 202: one, ...refusals } };
  app.post("/actions/:action/cancel", { schema }, async ({ params: { action: actionId }, caller }, reply) => {
    if (!isId(actionId)) throw notFound("action", actionId);
    const { projectId, userId } = caller;
    const row = await cancel(context.pool, { projectId, actionId, requestedBy: userId });
    return reply.code(202).send({ action: toActionBody(row, context) });
  });
}
