import { Type } from "typebox";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import { cancelAction as cancel } from "../../actions/cancel-action.ts";
import { submitAction } from "../../actions/submit-action.ts";
import { listedActions } from "../../store/find-action.ts";
import { findPlan } from "../../store/find-plan.ts";
import { listRows } from "../../store/list-rows.ts";
import { isId } from "../../store/new-id.ts";
import { findProgram } from "../../store/programs.ts";
import type { ActionRow } from "../../store/rows.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ActionBody, toActionBody, toFullActionBody } from "../bodies/action.ts";
import { JsonRecord, refusals } from "../bodies/schemas.ts";
import { clusterIdsOf } from "../cluster-filter.ts";
import type { ApiContext } from "../context.ts";
import { findObject } from "../find-object.ts";
import { type ListContract, readListQuery } from "../list-query.ts";
import { newest, senlinsLast } from "../microversion.ts";
import { scopeOf } from "../scope.ts";
import { actionStatuses, clusterActions, nodeActions } from "../senlin-names.ts";

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
  app.post(
    "/actions",
    { schema, config: { rule: "actions:create" } },
    async ({ body: asked, caller }, reply) => {
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
    },
  );
}

const listed: ListContract = {
  kind: listedActions,
  defaultSort: "created_at",
  filters: {
    name: {},
    target: {},
    action: { values: [...clusterActions, ...nodeActions] },
    status: { values: actionStatuses },
    cluster_id: { since: 14 },
    program: { since: newest },
  },
};
/** Programs' own actions can be asked for, too. */
const listedWithPrograms: ListContract = { ...listed, filters: { ...listed.filters, action: {} } };

/** `GET /v1/actions`: filters `name`, `target`, `action`, `status`, `cluster_id`; senlin: `api.md` §14. */
export function getActions(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ actions: Type.Array(ActionBody) }), ...refusals };
  app.get(
    "/actions",
    { schema: { summary: "List actions", response }, config: { rule: "actions:index" } },
    async (request) => {
      const { microversion } = request;
      const query = readListQuery(request, microversion > senlinsLast ? listedWithPrograms : listed);
      const clusterIds = await clusterIdsOf(context, query);
      if (clusterIds?.length === 0) return { actions: [] };
      const filters = { ...query.filters, ...(clusterIds !== null && { cluster_id: clusterIds }) };
      const rows = await listRows<ActionRow>(context.pool, listedActions, { ...query, filters });
      return { actions: rows.map((row) => toActionBody(row, context, microversion)) };
    },
  );
}

/** `GET /v1/actions/{id or short id}`: from 1.15 on with decisions, a failure's source frame and links. */
export function getAction(app: Api, context: ApiContext): void {
  const schema = { summary: "Show an action", params, response: { 200: one, ...refusals } };
  app.get("/actions/:action", { schema, config: { rule: "actions:get" } }, async (request) => {
    const { microversion } = request;
    const q = { scope: scopeOf(request), identity: request.params.action, kind: "action" };
    const row = await findObject<ActionRow>(context.pool, listedActions, q);
    return {
      action:
        microversion > senlinsLast
          ? await toFullActionBody(row, context)
          : toActionBody(row, context, microversion),
    };
  });
}

/**
 * `POST /v1/actions/{id}/cancel`: 202. One that waits is CANCELLED at once; one that runs undoes what it did first.
 * A repeat changes nothing. 409 for one that has ended otherwise, 404 for an unknown one.
 */
export function cancelAction(app: Api, context: ApiContext): void {
  const schema = { summary: "Cancel an action", params, response: { 202: one, ...refusals } };
  app.post(
    "/actions/:action/cancel",
    { schema, config: { rule: "actions:update" } },
    async ({ params: { action: actionId }, caller }, reply) => {
      if (!isId(actionId)) throw notFound("action", actionId);
      const { projectId, userId } = caller;
      const row = await cancel(context.pool, { projectId, actionId, requestedBy: userId });
      return reply.code(202).send({ action: toActionBody(row, context) });
    },
  );
}
