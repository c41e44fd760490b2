import { Type } from "typebox";
import type { Json } from "../../../grammar/plan.ts";
import { operationName, operationParameters } from "../../actions/profile-operation.ts";
import { recovery } from "../../actions/recovery.ts";
import { requestOnNode, type Wanted } from "../../actions/request-action.ts";
import { accepted, requesterOf } from "../accepted.ts";
import type { Api } from "../app.ts";
import { Id, JsonRecord, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { scopeOf } from "../scope.ts";
import { badRequest, isOfType, malformed, mapField, nullable } from "../senlin-body/fields.ts";
import { readFields } from "../senlin-body/read-body.ts";
import { readOne } from "../senlin-body/read-one.ts";
import { findNode } from "./nodes.ts";
import { isOwn, ownNodeActions, readOwnAction } from "./own-actions.ts";

type Data = Readonly<Record<string, Json>>;

const params = Type.Object({ node: Type.String() });
const started = Type.Object({ action: Id });

/** What each action asks for; whatever a check is given is shown, and has no effect. */
const actions = {
  check: (data: Data): Wanted => ({ action: "NODE_CHECK", inputs: {}, shown: data }),
  recover: (data: Data): Wanted => recovery("NODE_RECOVER", data),
};

function isAction(name: string): name is keyof typeof actions {
  return Object.hasOwn(actions, name);
}

/**
 * `POST /v1/nodes/{id}/actions` with `{"check": {}}` or `{"recover": {…}}`: 202 with the action's id; senlin: `api.md` §12.
 * From 1.15 on our own, too (`own-actions.ts`): 409 for what the node's driver can't do.
 */
export function postNodeAction(app: Api, context: ApiContext): void {
  const body = Type.Record(Type.String(), JsonRecord);
  const schema = {
    summary: "Start an action on a node",
    params,
    body,
    response: { 202: started, ...refusals },
  };
  const config = { rule: "nodes:action" } as const;
  app.post("/nodes/:node/actions", { schema, config }, async (request, reply) => {
    const { name, value } = readOne(request, { what: "action", ending: "." });
    const own = isOwn(ownNodeActions, name, request.microversion);
    if (!own && !isAction(name)) throw badRequest(`Unrecognized action '${name}' specified`);
    if (!isOfType(value, ["object"])) throw badRequest("The params provided is not a map.");
    context.access.check(`nodes:action:${name}`, request.caller);
    const row = await findNode(context, scopeOf(request), request.params.node);
    const data = value as Data; // checked just now
    const wanted = own
      ? readOwnAction(ownNodeActions[name], data, request.microversion)
      : actions[name](data);
    const action = await requestOnNode(
      context.pool,
      { node: row, by: requesterOf(request, context) },
      () => wanted,
    );
    return accepted(reply, action).send({ action: action.id });
  });
}

/**
 * `POST /v1/nodes/{id}/ops` with `{"reboot": {"type": "SOFT"}}`: an operation of the profile's type, with its parameters.
 * 400 for one that the type lacks, and for wrong parameters.
 */
export function postNodeOperation(app: Api, context: ApiContext): void {
  const body = Type.Record(Type.String(), Type.Union([JsonRecord, Type.Null()]));
  const schema = { summary: "Operate on a node", params, body, response: { 202: started, ...refusals } };
  const config = { rule: "nodes:operation", since: 4 } as const;
  app.post("/nodes/:node/ops", { schema, config }, async (request, reply) => {
    const { name: operation, value } = readOne(request, { what: "operation", ending: "." });
    const { params: given } = readFields(
      { params: value },
      { params: { field: nullable(mapField) } },
      request.microversion,
    );
    const row = await findNode(context, scopeOf(request), request.params.node);
    const asked = { profileId: row.profile_id, operation, given: given ?? {} };
    const read = await operationParameters(context.pool, asked);
    if (read === null) throw malformed();
    const action = await requestOnNode(
      context.pool,
      { node: row, by: requesterOf(request, context) },
      (_, node) => ({
        action: "NODE_OPERATION",
        name: operationName("node", operation, node.id),
        inputs: { operation, params: read },
      }),
    );
    return accepted(reply, action).send({ action: action.id });
  });
}
