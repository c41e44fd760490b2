import { Type } from "typebox";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import { cancelAction as cancel } from "../../actions/cancel-action.ts";
import { clusterActions } from "../../actions/cluster-action-names.ts";
import { Refusal } from "../../actions/refusal.ts";
import { retryAction as retry } from "../../actions/retry-action.ts";
import { submitAction } from "../../actions/submit-action.ts";
import { pythonText } from "../../specs/python-text.ts";
import { type ActionOrPartRow, actionsAndHeld, actionsAndParts } from "../../store/derived-actions.ts";
import { listedActions } from "../../store/find-action.ts";
import { findPlan } from "../../store/find-plan.ts";
import { listRows } from "../../store/list-rows.ts";
import { isId } from "../../store/new-id.ts";
import { findProgram } from "../../store/programs.ts";
import type { ActionRow } from "../../store/rows.ts";
import { accepted, requesterOf } from "../accepted.ts";
import { ApiError, notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ActionBody, toActionBody, toFullActionBody } from "../bodies/action.ts";
import { JsonRecord, Links, refusals } from "../bodies/schemas.ts";
import { clusterIdsOf } from "../cluster-filter.ts";
import type { ApiContext } from "../context.ts";
import { findObject, objectNotFound } from "../find-object.ts";
import { sendFrameworkPage } from "../framework-page.ts";
import { actionNamePattern, isUuid, type ListContract, readBoolean, readListQuery } from "../list-query.ts";
import { type Microversion, newest, senlinsLast } from "../microversion.ts";
import { pageLinks } from "../page-links.ts";
import { readPace } from "../read-pace.ts";
import { scopeOf } from "../scope.ts";
import { textField } from "../senlin-body/fields.ts";
import { bodySchema, expectWrapper, readWrapped } from "../senlin-body/read-body.ts";
import { actionStatuses, nodeActions } from "../senlin-names.ts";

const params = Type.Object({ action: Type.String() });
const one = Type.Object({ action: ActionBody });

/**
 * `POST /v1/actions` with `{"action": "roll", "program": "shop", "inputs": {"cluster": "web", "image": "web:2"}}`.
 * 202 with `Location: /v1/actions/{id}` at once; it runs when its clusters are free. `request_key` makes a repeat return
 * the first one. The query says how it goes through its nodes (`readPace`). `"override": {"reason": "…"}` passes over policies that yield to a role of the caller. 400 for wrong inputs, 404 for an unknown program or action, 409 for a cluster of another program.
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
    { schema, config: { rule: "actions:create", forbiddenBefore: true } },
    async (request, reply) => {
      const { body: asked, caller } = request;
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
        pace: readPace(request),
        override: asked.override && { reason: asked.override.reason, by: caller.userId, roles: caller.roles },
      });
      return reply
        .code(202)
        .header("location", `/v1/actions/${row.id}`)
        .send({ action: toActionBody(row, context) });
    },
  );
}

/** Senlin's clients see the work on each node, too; ours ask for an action's calls. */
const kindAt = (microversion: Microversion) => (microversion > senlinsLast ? listedActions : actionsAndParts);
const shownAt = (microversion: Microversion) =>
  microversion > senlinsLast ? actionsAndHeld : actionsAndParts;

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
const listedWithPrograms: ListContract = {
  ...listed,
  filters: { ...listed.filters, action: { pattern: actionNamePattern } },
};

/** `GET /v1/actions`: filters `name`, `target`, `action`, `status`, `cluster_id`; senlin: `api.md` §14. */
export function getActions(app: Api, context: ApiContext): void {
  const body = Type.Object({ actions: Type.Array(ActionBody), links: Type.Optional(Links) });
  const response = { 200: body, ...refusals };
  app.get(
    "/actions",
    { schema: { summary: "List actions", response }, config: { rule: "actions:index" } },
    async (request) => {
      const { microversion } = request;
      const query = readListQuery(request, microversion > senlinsLast ? listedWithPrograms : listed);
      const clusterIds = await clusterIdsOf(context, query);
      if (clusterIds?.length === 0) return { actions: [], ...pageLinks(request, context, query, []) };
      const filters = { ...query.filters, ...(clusterIds !== null && { cluster_id: clusterIds }) };
      const rows = await listRows<ActionOrPartRow>(context.pool, kindAt(microversion), { ...query, filters });
      const actions = rows.map((row) => toActionBody(row, context, microversion));
      return { actions, ...pageLinks(request, context, query, rows) };
    },
  );
}

/** `GET /v1/actions/{id or short id}`: from 1.15 on with decisions, a failure's source frame and links. */
export function getAction(app: Api, context: ApiContext): void {
  const schema = { summary: "Show an action", params, response: { 200: one, ...refusals } };
  app.get("/actions/:action", { schema, config: { rule: "actions:get" } }, async (request) => {
    const { microversion } = request;
    const q = { scope: scopeOf(request), identity: request.params.action, kind: "action" };
    const row = await findObject<ActionOrPartRow>(context.pool, shownAt(microversion), q);
    return {
      action:
        microversion > senlinsLast
          ? await toFullActionBody(row, context)
          : toActionBody(row, context, microversion),
    };
  });
}

const fieldsOfUpdate = { status: { field: textField, required: true } } as const;

/**
 * `PATCH /v1/actions/{id}` with `{"action": {"status": "CANCELLED"}}` (from 1.12 on, the whole id): 202. `?force=true` doesn't wait for
 * what runs: its nodes may be left half-way. 409 for one that has ended.
 */
export function patchAction(app: Api, context: ApiContext): void {
  const body = bodySchema("action", fieldsOfUpdate);
  const schema = {
    summary: "Cancel an action",
    params,
    body,
    response: { 202: Type.Unknown(), ...refusals },
  };
  const config = { rule: "actions:update", since: 12 } as const;
  app.patch("/actions/:action", { schema, config }, async (request, reply) => {
    const { force: forced } = request.query as Readonly<Record<string, string | undefined>>; // as the parser gives it
    expectWrapper(request, "action");
    const force = forced !== undefined && readBoolean("force", forced);
    const { status } = readWrapped(request, { wrapper: "action", fields: fieldsOfUpdate, changes: true });
    const identity = request.params.action;
    if (status !== "CANCELLED")
      throw new ApiError(400, `Unknown status ${status} for action ${identity}.`, { type: "BadRequest" });
    if (!isUuid(identity)) throw objectNotFound("action", identity);
    const q = { scope: scopeOf(request), identity, kind: "action" };
    const found = await findObject<ActionRow>(context.pool, listedActions, q);
    expectUnended(found, force);
    const row = await cancel(context.pool, {
      projectId: found.project_id,
      actionId: found.id,
      requestedBy: request.caller.userId,
      force,
    });
    if (request.microversion > senlinsLast)
      return reply.code(202).send({ action: toActionBody(row, context) });
    return sendFrameworkPage(request, reply, 202, { explanation: "The request is accepted for processing." });
  });
}

const unended = ["INIT", "WAITING", "READY", "RUNNING", "WAITING_LIFECYCLE_COMPLETION"];

function expectUnended({ id, status }: ActionRow, force: boolean): void {
  if (force || unended.includes(status)) return;
  const expected = pythonText(unended);
  throw new Refusal(
    "conflict",
    "ActionImmutable",
    `Action (${id.slice(0, 8)}) is in status (${status}) while expected status must be one of (${expected}).`,
  );
}

/**
 * `POST /v1/actions/{id}/retry`: 202 with a new action that asks for the same again, on the newest plan. 409 for one that has not
 * ended, or went well.
 */
export function retryAction(app: Api, context: ApiContext): void {
  const schema = { summary: "Retry an action", params, response: { 202: one, ...refusals } };
  app.post(
    "/actions/:action/retry",
    { schema, config: { rule: "actions:retry" } },
    async (request, reply) => {
      const q = { scope: scopeOf(request), identity: request.params.action, kind: "action" };
      const found = await findObject<ActionRow>(context.pool, listedActions, q);
      const row = await retry(context.pool, found, requesterOf(request, context));
      return accepted(reply, row).send({ action: toActionBody(row, context) });
    },
  );
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
