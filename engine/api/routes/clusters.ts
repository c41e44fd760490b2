import { Type } from "typebox";
import { type ClusterDetail, listedClusters } from "../../store/find-cluster.ts";
import { countNodes } from "../../store/list-nodes.ts";
import { listRows } from "../../store/list-rows.ts";
import type { Api } from "../app.ts";
import { ClusterBody, toClusterBody } from "../bodies/cluster.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject } from "../find-object.ts";
import { type ListContract, readListQuery } from "../list-query.ts";
import { newest, senlinsLast } from "../microversion.ts";
import { scopeOf } from "../scope.ts";
import { clusterStatuses } from "../senlin-names.ts";

const listed: ListContract = {
  kind: listedClusters,
  defaultSort: "init_at",
  filters: { name: {}, status: { values: clusterStatuses }, program: { since: newest } },
  quotesUnknown: true,
};

/** `GET /v1/clusters`: filters `name`, `status`, from 1.15 on `program`; senlin: `api.md` §10. */
export function getClusters(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ clusters: Type.Array(ClusterBody) }), ...refusals };
  app.get(
    "/clusters",
    { schema: { summary: "List clusters", response }, config: { rule: "clusters:index" } },
    async (request) => {
      const rows = await listRows<ClusterDetail>(context.pool, listed.kind, readListQuery(request, listed));
      return { clusters: rows.map((row) => toClusterBody(row, request.microversion)) };
    },
  );
}

/** `GET /v1/clusters/{id, name or short id}`; from 1.15 on with how many nodes are in each status. */
export function getCluster(app: Api, context: ApiContext): void {
  const body = Type.Object({
    ...ClusterBody.properties,
    node_status: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  });
  const params = Type.Object({ cluster: Type.String() });
  const response = { 200: Type.Object({ cluster: body }), ...refusals };
  const schema = { summary: "Show a cluster", params, response };
  app.get("/clusters/:cluster", { schema, config: { rule: "clusters:get" } }, async (request) => {
    const { microversion } = request;
    const identity = request.params.cluster;
    const scope = scopeOf(request);
    const row = await findObject<ClusterDetail>(context.pool, listedClusters, {
      scope,
      identity,
      kind: "cluster",
    });
    if (microversion <= senlinsLast) return { cluster: toClusterBody(row, microversion) };
    const counted = { projectId: row.project_id, clusterIds: [row.id] };
    const nodeStatus = await countNodes(context.pool, counted);
    return { cluster: { ...toClusterBody(row, microversion), node_status: nodeStatus } };
  });
}
