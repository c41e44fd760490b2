import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Json } from "../../../grammar/plan.ts";
import { clusterActions } from "../../actions/cluster-action-names.ts";
import { findReferenced } from "../../actions/find-referenced.ts";
import { expectReceivable } from "../../actions/receiver-action.ts";
import { alarmUrl, newSignature, notifyUrl } from "../../actions/receiver-urls.ts";
import { findCredentials } from "../../store/credentials.ts";
import { type ClusterDetail, listedClusters } from "../../store/find-cluster.ts";
import { findByIdentity, listRows } from "../../store/list-rows.ts";
import { newId } from "../../store/new-id.ts";
import {
  deleteReceiver,
  insertReceiver,
  listedReceivers,
  type ReceiverRow,
  updateReceiver,
} from "../../store/receivers.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { baseUrlOf } from "../base-url.ts";
import { ReceiverBody, toReceiverBody } from "../bodies/receiver.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject, objectNotFound } from "../find-object.ts";
import { actionNamePattern, type ListContract, readListQuery } from "../list-query.ts";
import { type Microversion, newest, senlinsLast } from "../microversion.ts";
import { nothingToUpdate, sameMap } from "../nothing-to-update.ts";
import { scopeOf } from "../scope.ts";
import {
  badRequest,
  enumField,
  type Field,
  mapField,
  nameField,
  nullable,
  textField,
} from "../senlin-body/fields.ts";
import { bodySchema, readWrapped } from "../senlin-body/read-body.ts";
import { withFreeName } from "../../actions/with-free-name.ts";

const types = ["webhook", "message"] as const;

/** May be absent; `null` passes Senlin's first look and fails by its second. */
const actionField: Field<string | null> = {
  ...nullable(enumField(clusterActions)),
  check(value) {
    if (value === null) {
      const known = clusterActions.map((name) => `'${name}'`).join(", ");
      throw badRequest(`None is not one of [${known}]`);
    }
  },
};

/** From 1.15 on an action that Senlin lacks, too: `receiverAction` knows which the cluster has. */
const anyActionField: Field<string | null> = {
  ...actionField,
  schema: Type.Union([...clusterActions.map((name) => Type.Literal(name)), Type.String(), Type.Null()]),
  look: nullable(textField).look,
};

const actionFieldAt = (microversion: Microversion) =>
  microversion > senlinsLast ? anyActionField : actionField;

const one = Type.Object({ receiver: ReceiverBody });
const params = Type.Object({ receiver: Type.String() });
const listed: ListContract = {
  kind: listedReceivers,
  defaultSort: "name",
  filters: {
    name: {},
    type: { values: types },
    cluster_id: {},
    action: { values: clusterActions },
    user: { since: 4 },
  },
};
/** Receivers may have our own and programs' actions, too. */
const listedWithOwn: ListContract = {
  ...listed,
  filters: { ...listed.filters, action: { pattern: actionNamePattern } },
};

/** `GET /v1/receivers`: filters `name`, `type`, `cluster_id`, `action`, from 1.4 on `user`; senlin: `api.md` §13. */
export function getReceivers(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ receivers: Type.Array(ReceiverBody) }), ...refusals };
  const schema = { summary: "List receivers", response };
  app.get("/receivers", { schema, config: { rule: "receivers:index" } }, async (request) => {
    const contract = request.microversion > senlinsLast ? listedWithOwn : listed;
    const query = readListQuery(request, contract);
    const rows = await listRows<ReceiverRow>(context.pool, listedReceivers, query);
    return { receivers: rows.map((row) => shown(request, context, row)) };
  });
}

const fieldsOfNew = (microversion: Microversion) =>
  ({
    name: { field: nameField, required: true },
    type: { field: enumField(types), required: true },
    cluster_id: { field: nullable(textField) },
    action: { field: actionFieldAt(microversion) },
    actor: { field: nullable(mapField) },
    params: { field: nullable(mapField) },
  }) as const;

/**
 * `POST /v1/receivers`: 201, with the URL that triggers it. Its `actor` is who made it, whatever the request says. 400 for
 * a cluster that isn't there, 403 for another user's. From 1.15 on a webhook may have one of our own actions (`suspend`) or
 * of the cluster's program (`roll`): 400 for one that isn't there and for params that it doesn't take, 403 for one that the
 * caller may not start.
 */
export function postReceiver(app: Api, context: ApiContext): void {
  const body = bodySchema("receiver", fieldsOfNew(newest));
  const schema = { summary: "Create a receiver", body, response: { 201: one, ...refusals } };
  app.post("/receivers", { schema, config: { rule: "receivers:create" } }, async (request, reply) => {
    const fields = fieldsOfNew(request.microversion);
    const asked = readWrapped(request, { wrapper: "receiver", fields });
    const { caller } = request;
    if (asked.type === "message") {
      const row = await makeMessageReceiver(request, context, asked);
      return reply.code(201).send({ receiver: toReceiverBody(row, "made") });
    }
    const cluster = await clusterOfWebhook(request, context, asked);
    const given = asked.params === undefined ? {} : asked.params;
    const action = await receivable(request, context, { cluster, action: asked.action ?? "", params: given });
    await context.access.delegate(caller);
    const id = newId();
    const { signature, hash } = newSignature();
    const url = alarmUrl(baseUrlOf(request, context), { id, params: given, signature });
    const made = {
      id,
      project_id: cluster.project_id,
      user_id: caller.userId,
      domain_id: caller.domainId,
      name: asked.name,
      type: asked.type,
      cluster_id: cluster.id,
      action,
      actor: await actorOf(context, cluster, caller.userId),
      params: given,
      channel: { alarm_url: url },
      secret_hash: hash,
    };
    const named = { kind: "receiver", projectId: made.project_id, name: made.name } as const;
    const row = await withFreeName(context.pool, named, (db) => insertReceiver(db, made));
    return reply.code(201).send({ receiver: toReceiverBody(row, "made") });
  });
}

/** Its messages name cluster and action, so it has none of its own; `params` count where a message gives none. */
async function makeMessageReceiver(
  request: FastifyRequest,
  context: ApiContext,
  asked: { readonly name: string; readonly params?: ReceiverRow["params"] },
): Promise<ReceiverRow> {
  const { caller } = request;
  await context.access.delegate(caller);
  const id = newId();
  const { signature, hash } = newSignature();
  const wanted = {
    id,
    project_id: caller.projectId,
    user_id: caller.userId,
    domain_id: caller.domainId,
    name: asked.name,
    type: "message" as const,
    cluster_id: null,
    action: null,
    actor: {},
    params: asked.params === undefined ? {} : asked.params,
    channel: {},
    secret_hash: hash,
  };
  return await context.messages.make(wanted, notifyUrl(baseUrlOf(request, context), { id, signature }));
}

async function clusterOfWebhook(
  request: FastifyRequest,
  context: ApiContext,
  asked: { readonly cluster_id?: string | null; readonly action?: string | null },
): Promise<ClusterDetail> {
  const { caller } = request;
  const identity = asked.cluster_id ?? null;
  if (identity === null)
    throw new ApiError(400, "Cluster identity is required for creating webhook receiver.");
  if ((asked.action ?? null) === null)
    throw new ApiError(400, "Action name is required for creating webhook receiver.");
  const found = await findByIdentity<ClusterDetail>(context.pool, listedClusters, {
    scope: scopeOf(request),
    identity,
  });
  if (found.kind !== "one")
    throw new ApiError(400, `The referenced cluster '${identity}' could not be found.`);
  const owner = found.row.user_id;
  if (!caller.isAdmin && owner !== "" && owner !== caller.userId)
    throw new ApiError(403, "You are not authorized to complete this operation.");
  expectNotCreate(asked.action ?? null);
  return found.row;
}

/** The name under which a webhook's action is kept. Up to 1.14 the request's own has been looked at. */
async function receivable(
  request: FastifyRequest,
  context: ApiContext,
  q: { readonly cluster: ClusterDetail; readonly action: string; readonly params: ReceiverRow["params"] },
): Promise<string> {
  if (request.microversion <= senlinsLast) return q.action;
  const found = await expectReceivable(context.pool, { ...q, params: q.params ?? {} });
  if (found.rule !== null) context.access.check(found.rule, request.caller);
  return found.name;
}

function expectNotCreate(action: string | null): void {
  if (action === "CLUSTER_CREATE")
    throw new ApiError(400, "Action name cannot be any of ['CLUSTER_CREATE'].");
}

/** In whose name it acts: with Keystone by which trust. */
async function actorOf(
  { pool }: ApiContext,
  cluster: ClusterDetail,
  userId: string,
): Promise<Readonly<Record<string, Json>>> {
  const owner = cluster.user_id === "" ? userId : cluster.user_id;
  const kept = await findCredentials(pool, { projectId: cluster.project_id, userId: owner });
  const trust = kept.find(({ kind }) => kind === "trust");
  return trust === undefined ? {} : { trust_id: trust.reference };
}

/** `GET /v1/receivers/{id, name or short id}`. */
export function getReceiver(app: Api, context: ApiContext): void {
  const schema = { summary: "Show a receiver", params, response: { 200: one, ...refusals } };
  app.get("/receivers/:receiver", { schema, config: { rule: "receivers:get" } }, async (request) => {
    return { receiver: shown(request, context, await find(request, context, request.params.receiver)) };
  });
}

const fieldsOfChange = (microversion: Microversion) =>
  ({
    name: { field: nullable(nameField) },
    action: { field: actionFieldAt(microversion) },
    params: { field: nullable(mapField) },
  }) as const;

/**
 * `PATCH /v1/receivers/{id}`: name, action and params; its URL stays as it is. 400 when nothing would change; from 1.15 on
 * action and params must go together as in `postReceiver`.
 */
export function patchReceiver(app: Api, context: ApiContext): void {
  const body = bodySchema("receiver", fieldsOfChange(newest));
  const schema = { summary: "Update a receiver", params, body, response: { 200: one, ...refusals } };
  app.patch("/receivers/:receiver", { schema, config: { rule: "receivers:update" } }, async (request) => {
    const fields = fieldsOfChange(request.microversion);
    const asked = readWrapped(request, { wrapper: "receiver", fields, changes: true });
    const found = await find(request, context, request.params.receiver);
    expectNotCreate(asked.action ?? null);
    const name = asked.name === null || asked.name === found.name ? undefined : asked.name;
    const wanted = await changedAction(request, context, { found, ...asked });
    const action = wanted === null || wanted === found.action ? undefined : wanted;
    const same = asked.params === undefined || sameMap(asked.params ?? {}, found.params ?? {});
    const given = same ? undefined : asked.params;
    if (name === undefined && action === undefined && given === undefined) throw nothingToUpdate();
    const scope = scopeOf(request);
    const row = await updateReceiver(context.pool, { scope, id: found.id, name, action, params: given });
    if (row === null) throw objectNotFound("receiver", request.params.receiver);
    return { receiver: toReceiverBody(row, "made") };
  });
}

/** What its action is to be called, once it goes together with its params; `undefined` when the request says nothing of it. */
async function changedAction(
  request: FastifyRequest,
  context: ApiContext,
  q: {
    readonly found: ReceiverRow;
    readonly action?: string | null;
    readonly params?: ReceiverRow["params"];
  },
): Promise<string | null | undefined> {
  const { found, action, params } = q;
  const name = action ?? found.action;
  if (request.microversion <= senlinsLast || name === null || (action ?? params) === undefined) return action;
  const identity = found.cluster_id;
  if (identity === null) throw badRequest("The action of a message receiver is said by each message.");
  const scope = { projectId: found.project_id };
  const cluster = await findReferenced<ClusterDetail>(context.pool, listedClusters, {
    ...{ scope, identity },
    kind: "cluster",
  });
  return await receivable(request, context, { cluster, action: name, params: params ?? found.params });
}

/** `DELETE /v1/receivers/{id}`: 204; of a message receiver its queue goes, too. 503 when Zaqar can't be asked: it stays. */
export function removeReceiver(app: Api, context: ApiContext): void {
  const schema = { summary: "Delete a receiver", params, response: { 204: Type.Null(), ...refusals } };
  const config = { rule: "receivers:delete" } as const;
  app.delete("/receivers/:receiver", { schema, config }, async (request, reply) => {
    const row = await find(request, context, request.params.receiver);
    const { id } = row;
    if (row.type === "message") await context.messages.release(row);
    if (!(await deleteReceiver(context.pool, { scope: scopeOf(request), id })))
      throw objectNotFound("receiver", request.params.receiver);
    return reply.code(204).send(null);
  });
}

/**
 * `POST /v1/receivers/{id}/notify`: starts what waiting messages ask for; 204 once they have been read. 400 for a webhook,
 * 403 for another user's receiver. Zaqar itself comes by `postNotification`.
 */
export function notifyReceiver(app: Api, context: ApiContext): void {
  const schema = {
    summary: "Tell a receiver that messages wait",
    params,
    response: { 204: Type.Null(), ...refusals },
  };
  const config = { rule: "receivers:notify" } as const;
  app.post("/receivers/:receiver/notify", { schema, config }, async (request, reply) => {
    const row = await find(request, context, request.params.receiver);
    const { caller } = request;
    if (!caller.isAdmin && caller.userId !== row.user_id)
      throw new ApiError(403, "You are not authorized to complete this operation.");
    if (row.type !== "message") throw new ApiError(400, "Notifying non-message receiver is not allowed.");
    await context.messages.take(row);
    return reply.code(204).send(null);
  });
}

function find(request: FastifyRequest, context: ApiContext, identity: string): Promise<ReceiverRow> {
  const scope = scopeOf(request);
  return findObject<ReceiverRow>(context.pool, listedReceivers, { scope, identity, kind: "receiver" });
}

function shown(request: FastifyRequest, context: ApiContext, row: ReceiverRow) {
  const owner = { projectId: row.project_id, userId: row.user_id };
  return toReceiverBody(
    row,
    context.access.permits("receivers:show_channel", request.caller, owner) ? "read" : "hidden",
  );
}
