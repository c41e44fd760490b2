import { Type } from "typebox";
import { findProfileLike } from "../../actions/find-profile-like.ts";
import { findReferenced } from "../../actions/find-referenced.ts";
import { createNode } from "../../actions/create-node.ts";
import { deletionOfNode } from "../../actions/delete-cluster.ts";
import { lookAtNodes } from "../../actions/look-at-nodes.ts";
import { requestOnNode } from "../../actions/request-action.ts";
import { updateOfNode } from "../../actions/update-node.ts";
import { pythonText } from "../../specs/python-text.ts";
import { type ClusterDetail, listedClusters } from "../../store/find-cluster.ts";
import { listedNodes, type NodeDetail } from "../../store/list-nodes.ts";
import { findByIdentity, type Scope } from "../../store/list-rows.ts";
import { listedProfiles, type ProfileDetail } from "../../store/profiles.ts";
import type { NodeRow } from "../../store/rows.ts";
import { accepted, requesterOf } from "../accepted.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { NodeBody, toNodeBody } from "../bodies/node.ts";
import { isLasting } from "../bodies/maintenance.ts";
import { Links, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject } from "../find-object.ts";
import { type ListContract, readBoolean, readListQuery } from "../list-query.ts";
import { newest } from "../microversion.ts";
import { RememberedBodies } from "../remembered-bodies.ts";
import { scopeOf } from "../scope.ts";
import { sendPage } from "../send-page.ts";
import { boolField, mapField, nameField, nullable, textField } from "../senlin-body/fields.ts";
import { bodySchema, readWrapped } from "../senlin-body/read-body.ts";
import { newNodeStatuses, nodeStatuses } from "../senlin-names.ts";

const listed: ListContract = {
  kind: listedNodes,
  defaultSort: "init_at",
  filters: {
    cluster_id: { single: true },
    name: {},
    status: { values: nodeStatuses, newValues: newNodeStatuses },
    standby: { values: ["true", "false"], since: newest },
  },
};

const params = Type.Object({ node: Type.String() });
const one = Type.Object({ node: NodeBody });

/** `GET /v1/nodes`: filters `cluster_id` (any identity), `name`, `status`, from 1.15 on `standby`; senlin: `api.md` §12. */
export function getNodes(app: Api, context: ApiContext): void {
  const body = Type.Object({ nodes: Type.Array(NodeBody), links: Type.Optional(Links) });
  const schema = { summary: "List nodes", response: { 200: body, ...refusals } };
  const bodies = new RememberedBodies<NodeDetail>(listed.kind, { toBody: toNodeBody, isLasting });
  app.get("/nodes", { schema, config: { rule: "nodes:index" } }, async (request, reply) => {
    const query = readListQuery(request, listed);
    const [identity] = query.filters["cluster_id"] ?? [];
    const clusterId = identity === undefined ? null : await clusterIdOf(context, query.scope, identity);
    const filters = { ...query.filters, ...(clusterId !== null && { cluster_id: [clusterId] }) };
    const page = { ...query, filters };
    return sendPage(request, reply, { context, name: "nodes", schema: NodeBody, bodies, query: page });
  });
}

async function clusterIdOf({ pool }: ApiContext, scope: Scope, identity: string): Promise<string> {
  const found = await findByIdentity<ClusterDetail>(pool, listedClusters, { scope, identity });
  if (found.kind === "one") return found.row.id;
  if (found.kind === "none")
    throw new ApiError(400, `Cannot find the given cluster: ${identity}.`, { type: "BadRequest" });
  throw new ApiError(
    400,
    `Multiple results found matching the query criteria '${identity}'. Please be more specific.`,
    { type: "MultipleChoices" },
  );
}

/** `GET /v1/nodes/{id, name or short id}`; with `?show_details=true` what its driver says of its resource. */
export function getNode(app: Api, context: ApiContext): void {
  const schema = { summary: "Show a node", params, response: { 200: one, ...refusals } };
  app.get("/nodes/:node", { schema, config: { rule: "nodes:get" } }, async (request) => {
    const { show_details: asked } = request.query as Readonly<Record<string, string | undefined>>; // as the parser gives it
    const wanted = asked !== undefined && readBoolean("show_details", asked);
    const row = await findNode(context, scopeOf(request), request.params.node);
    const looked = wanted ? await lookAtNodes(context.pool, context.questions, [row]) : null;
    const details = looked?.get(row.id);
    return { node: { ...toNodeBody(row, request.microversion), ...(details !== undefined && { details }) } };
  });
}

const fieldsOfNew = {
  cluster_id: { field: nullable(textField) },
  metadata: { field: nullable(mapField) },
  name: { field: nameField, required: true },
  profile_id: { field: textField, required: true },
  role: { field: nullable(textField) },
} as const;

/**
 * `POST /v1/nodes`: 202 with the node as INIT; its NODE_CREATE is where `Location` says. A member is named by its cluster's format.
 * 400 for a profile or cluster that is not there, and for a profile of another type than the cluster's.
 */
export function postNode(app: Api, context: ApiContext): void {
  const body = bodySchema("node", fieldsOfNew);
  const schema = { summary: "Create a node", body, response: { 202: one, ...refusals } };
  app.post("/nodes", { schema, config: { rule: "nodes:create" } }, async (request, reply) => {
    const asked = readWrapped(request, { wrapper: "node", fields: fieldsOfNew });
    const { caller } = request;
    const scope = scopeOf(request);
    const referenced = { scope, identity: asked.profile_id, kind: "profile" };
    const profile = await findReferenced<ProfileDetail>(context.pool, listedProfiles, referenced);
    const cluster = asked.cluster_id
      ? await findReferenced<ClusterDetail>(context.pool, listedClusters, {
          scope,
          identity: asked.cluster_id,
          kind: "cluster",
        })
      : null;
    const action = await createNode(
      context.pool,
      {
        cluster,
        projectId: caller.projectId,
        name: asked.name,
        profileId: profile.id,
        role: asked.role ?? "",
        metadata: asked.metadata ?? {},
      },
      requesterOf(request, context),
    );
    const row = await findNode(context, { projectId: action.project_id }, action.target_id ?? "");
    return accepted(reply, action).send({ node: toNodeBody(row, request.microversion) });
  });
}

const fieldsOfChange = {
  metadata: { field: nullable(mapField) },
  name: { field: nullable(nameField) },
  profile_id: { field: nullable(textField) },
  role: { field: nullable(textField) },
  tainted: { field: nullable(boolField), since: 13 },
} as const;

/** `PATCH /v1/nodes/{id}`: 202 with the node as it was. 400 when nothing would change. */
export function patchNode(app: Api, context: ApiContext): void {
  const body = bodySchema("node", fieldsOfChange);
  const schema = { summary: "Change a node", params, body, response: { 202: one, ...refusals } };
  app.patch("/nodes/:node", { schema, config: { rule: "nodes:update" } }, async (request, reply) => {
    const asked = readWrapped(request, { wrapper: "node", fields: fieldsOfChange, changes: true });
    const scope = scopeOf(request);
    const row = await findNode(context, scope, request.params.node);
    const { profile_id: identity, ...changes } = asked;
    const profile =
      typeof identity === "string"
        ? await findProfileLike(context.pool, row, { scope, identity, kind: "node" })
        : null;
    const action = await requestOnNode(
      context.pool,
      { node: row, by: requesterOf(request, context) },
      (_, node) =>
        updateOfNode(node, {
          ...changes,
          ...(profile !== null && !certainlyHas(node, profile.id) && { new_profile_id: profile.id }),
        }),
    );
    return accepted(reply, action).send({ node: toNodeBody(row, request.microversion) });
  });
}

/** An update whose reply was lost leaves a node of which nobody knows that: it may be asked for once more. */
function certainlyHas(node: NodeRow, profileId: string): boolean {
  return node.profile_id === profileId && Object.keys(node.unconfirmed).length === 0;
}

/**
 * `DELETE /v1/nodes/{id}`: 202 with `null`. `{"force": true}` (also as a text; from 1.8 on) cancels what is done with it; 409 without
 * while it is created, updated, deleted or recovered.
 */
export function deleteNode(app: Api, context: ApiContext): void {
  const body = Type.Object({
    force: Type.Optional(Type.Union([Type.Boolean(), Type.String(), Type.Null()])),
  });
  const schema = { summary: "Delete a node", params, body, response: { 202: Type.Null(), ...refusals } };
  app.delete("/nodes/:node", { schema, config: { rule: "nodes:delete" } }, async (request, reply) => {
    const given = ((request.body ?? {}) as { readonly force?: boolean | string | null }).force ?? false;
    const force = readBoolean("force", pythonText(given)) && request.microversion >= 8;
    const identity = request.params.node;
    const row = await findNode(context, scopeOf(request), identity);
    const by = requesterOf(request, context);
    const action = await requestOnNode(context.pool, { node: row, by }, (db, node) =>
      deletionOfNode(db, node, { by, force, identity }),
    );
    return accepted(reply, action).send(null);
  });
}

/** The node that a path names. */
export function findNode({ pool }: ApiContext, scope: Scope, identity: string): Promise<NodeDetail> {
  return findObject<NodeDetail>(pool, listedNodes, { scope, identity, kind: "node" });
}
