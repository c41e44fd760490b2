import { Type } from "typebox";
import { findProfileLike } from "../../actions/find-profile-like.ts";
import { findReferenced } from "../../actions/find-referenced.ts";
import { createCluster } from "../../actions/create-cluster.ts";
import { deletionOfCluster } from "../../actions/delete-cluster.ts";
import { requestOnCluster } from "../../actions/request-action.ts";
import type { RequestLimits } from "../../actions/limits.ts";
import { expectUpdatable, updateOfCluster } from "../../actions/update-cluster.ts";
import { type ClusterDetail, listedClusters } from "../../store/find-cluster.ts";
import { findClusterHealth } from "../../store/find-cluster-health.ts";
import { countNodes } from "../../store/list-nodes.ts";
import { listedProfiles, type ProfileDetail } from "../../store/profiles.ts";
import type { ActionRow } from "../../store/rows.ts";
import { accepted, requesterOf } from "../accepted.ts";
import type { Api } from "../app.ts";
import { ClusterBody, toClusterBody } from "../bodies/cluster.ts";
import { ClusterHealthBody, toClusterHealthBody } from "../bodies/cluster-health.ts";
import { isLasting } from "../bodies/maintenance.ts";
import { Links, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject } from "../find-object.ts";
import { type ListContract, readBoolean, readListQuery } from "../list-query.ts";
import { newest, senlinsLast } from "../microversion.ts";
import { RememberedBodies } from "../remembered-bodies.ts";
import { scopeOf } from "../scope.ts";
import { sendPage } from "../send-page.ts";
import {
  boolField,
  capacityField,
  countField,
  mapField,
  nameField,
  nullable,
  textField,
} from "../senlin-body/fields.ts";
import { bodySchema, objectSchema, readFields, readWrapped } from "../senlin-body/read-body.ts";
import { clusterStatuses, newStatuses } from "../senlin-names.ts";

const listed: ListContract = {
  kind: listedClusters,
  defaultSort: "init_at",
  filters: {
    name: {},
    status: { values: clusterStatuses, newValues: newStatuses },
    program: { since: newest },
  },
  quotesUnknown: true,
};

const params = Type.Object({ cluster: Type.String() });
const one = Type.Object({ cluster: ClusterBody });

/** `GET /v1/clusters`: filters `name`, `status`, from 1.15 on `program`; senlin: `api.md` §10. */
export function getClusters(app: Api, context: ApiContext): void {
  const body = Type.Object({ clusters: Type.Array(ClusterBody), links: Type.Optional(Links) });
  const schema = { summary: "List clusters", response: { 200: body, ...refusals } };
  const bodies = new RememberedBodies<ClusterDetail>(listed.kind, { toBody: toClusterBody, isLasting });
  app.get("/clusters", { schema, config: { rule: "clusters:index" } }, async (request, reply) => {
    const query = readListQuery(request, listed);
    return sendPage(request, reply, { context, name: "clusters", schema: ClusterBody, bodies, query });
  });
}

/** `GET /v1/clusters/{id, name or short id}`; from 1.15 on with how many nodes are in each status. */
export function getCluster(app: Api, context: ApiContext): void {
  const body = Type.Object({
    ...ClusterBody.properties,
    node_status: Type.Optional(Type.Record(Type.String(), Type.Integer())),
    health: Type.Optional(ClusterHealthBody),
  });
  const response = { 200: Type.Object({ cluster: body }), ...refusals };
  const schema = { summary: "Show a cluster", params, response };
  app.get("/clusters/:cluster", { schema, config: { rule: "clusters:get" } }, async (request) => {
    const { microversion } = request;
    const row = await findCluster(context, scopeOf(request), request.params.cluster);
    if (microversion <= senlinsLast) return { cluster: toClusterBody(row, microversion) };
    const counted = { projectId: row.project_id, clusterIds: [row.id] };
    const nodeStatus = await countNodes(context.pool, counted);
    const health = toClusterHealthBody(await findClusterHealth(context.pool, { clusterId: row.id }));
    return { cluster: { ...toClusterBody(row, microversion), node_status: nodeStatus, health } };
  });
}

function fieldsOfNew({ maximumNodes: maximum }: RequestLimits) {
  const size = (minimum: number) => ({ field: nullable(capacityField({ minimum, maximum })) });
  return {
    name: { field: nameField, required: true },
    profile_id: { field: textField, required: true },
    min_size: size(0),
    max_size: size(-1),
    desired_capacity: size(0),
    metadata: { field: nullable(mapField) },
    timeout: { field: nullable(countField) },
    config: { field: nullable(mapField) },
  } as const;
}

/**
 * `POST /v1/clusters`: 202 with the cluster as INIT; its CLUSTER_CREATE is where `Location` says. 400 for a profile that is not there and
 * for sizes that don't go together; senlin: `api.md` §10.
 */
export function postCluster(app: Api, context: ApiContext): void {
  const fields = fieldsOfNew(context.limits);
  const body = bodySchema("cluster", fields);
  const schema = { summary: "Create a cluster", body, response: { 202: one, ...refusals } };
  app.post("/clusters", { schema, config: { rule: "clusters:create" } }, async (request, reply) => {
    const asked = readWrapped(request, { wrapper: "cluster", fields });
    const { caller } = request;
    const profile = await findReferenced<ProfileDetail>(context.pool, listedProfiles, {
      scope: scopeOf(request),
      identity: asked.profile_id,
      kind: "profile",
    });
    const action = await createCluster(
      context.pool,
      {
        projectId: caller.projectId,
        name: asked.name,
        profileId: profile.id,
        minimum: asked.min_size ?? null,
        maximum: asked.max_size ?? null,
        desired: asked.desired_capacity ?? null,
        timeoutSeconds: asked.timeout ?? null,
        metadata: asked.metadata ?? null,
        config: asked.config ?? null,
      },
      requesterOf(request, context),
    );
    const row = await targetOf(context, action);
    return accepted(reply, action).send({ cluster: toClusterBody(row, request.microversion) });
  });
}

const fieldsOfChange = {
  name: { field: nullable(nameField) },
  profile_id: { field: nullable(textField) },
  metadata: { field: nullable(mapField) },
  timeout: { field: nullable(countField) },
  profile_only: { field: nullable(boolField), since: 6 },
  config: { field: nullable(mapField), since: 7 },
} as const;

/** `PATCH /v1/clusters/{id}`: 202 with the cluster as it was. 400 when nothing would change, 409 for one in ERROR. */
export function patchCluster(app: Api, context: ApiContext): void {
  const body = bodySchema("cluster", fieldsOfChange);
  const schema = { summary: "Change a cluster", params, body, response: { 202: one, ...refusals } };
  app.patch("/clusters/:cluster", { schema, config: { rule: "clusters:update" } }, async (request, reply) => {
    const asked = readWrapped(request, { wrapper: "cluster", fields: fieldsOfChange, changes: true });
    const scope = scopeOf(request);
    const row = await findCluster(context, scope, request.params.cluster);
    expectUpdatable(row);
    const { profile_id: identity, ...changes } = asked;
    const profile =
      typeof identity === "string"
        ? await findProfileLike(context.pool, row, { scope, identity, kind: "cluster" })
        : null;
    const action = await requestOnCluster(
      context.pool,
      { cluster: row, by: requesterOf(request, context) },
      (_, cluster) =>
        updateOfCluster(cluster, {
          ...changes,
          ...(profile !== null && profile.id !== cluster.profile_id && { new_profile_id: profile.id }),
        }),
    );
    return accepted(reply, action).send({ cluster: toClusterBody(row, request.microversion) });
  });
}

const fieldsOfDeletion = { force: { field: boolField } } as const;

/**
 * `DELETE /v1/clusters/{id}`: 202 with `null`. `?force=true` or `{"force": true}` (from 1.8 on) cancels what is done with
 * it; 409 without while it is created, updated, deleted or recovered.
 */
export function deleteCluster(app: Api, context: ApiContext): void {
  const body = objectSchema(fieldsOfDeletion);
  const schema = { summary: "Delete a cluster", params, body, response: { 202: Type.Null(), ...refusals } };
  app.delete(
    "/clusters/:cluster",
    { schema, config: { rule: "clusters:delete" } },
    async (request, reply) => {
      const force = readForce(request) && request.microversion >= 8;
      const identity = request.params.cluster;
      const row = await findCluster(context, scopeOf(request), identity);
      const by = requesterOf(request, context);
      const action = await requestOnCluster(context.pool, { cluster: row, by }, (db, cluster) =>
        deletionOfCluster(db, cluster, { by, force, identity }),
      );
      return accepted(reply, action).send(null);
    },
  );
}

/** The query wins over the body. */
function readForce(request: { query: unknown; body: unknown; microversion: number }): boolean {
  const { force: asked } = request.query as Readonly<Record<string, string | undefined>>; // as the parser gives it
  if (asked !== undefined) return readBoolean("force", asked);
  const body = (request.body ?? {}) as Readonly<Record<string, never>>; // an object: see `parseBody`
  if (body["force"] === undefined || body["force"] === null) return false;
  return readFields({ force: body["force"] }, fieldsOfDeletion, request.microversion).force ?? false;
}

/** The cluster that a path names. */
export function findCluster(
  { pool }: ApiContext,
  scope: ReturnType<typeof scopeOf>,
  identity: string,
): Promise<ClusterDetail> {
  return findObject<ClusterDetail>(pool, listedClusters, { scope, identity, kind: "cluster" });
}

/** The cluster that an action is about. */
function targetOf(context: ApiContext, action: ActionRow): Promise<ClusterDetail> {
  return findCluster(context, { projectId: action.project_id }, action.target_id ?? "");
}
