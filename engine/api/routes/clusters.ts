import { Type } from "typebox";
import { findCluster, listClusters } from "../../store/find-cluster.ts";
import { countNodes } from "../../store/list-nodes.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ClusterBody, toClusterBody } from "../bodies/cluster.ts";
import { Id, pageQuery, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";

/** `GET /v1/clusters?limit&marker&program`: clusters of the project by name; the marker is an id. */
export function getClusters(app: Api, context: ApiContext): void {
  const querystring = Type.Object({
    ...pageQuery,
    marker: Type.Optional(Id),
    program: Type.Optional(Type.String()),
  });
  const response = { 200: Type.Object({ clusters: Type.Array(ClusterBody) }), ...refusals };
  app.get(
    "/clusters",
    { schema: { summary: "List clusters", querystring, response } },
    async ({ query, caller }) => {
      const { limit = 100, marker = null, program = null } = query;
      const rows = await listClusters(context.pool, { projectId: caller.projectId, limit, marker, program });
      return { clusters: rows.map(toClusterBody) };
    },
  );
}

/** `GET /v1/clusters/{id or name}`, with how many nodes are in each status. 404 for an unknown one. */
export function getCluster(app: Api, context: ApiContext): void {
  const body = Type.Object({ ...ClusterBody.properties, nodes: Type.Record(Type.String(), Type.Integer()) });
  const params = Type.Object({ cluster: Type.String() });
  const response = { 200: Type.Object({ cluster: body }), ...refusals };
  const schema = { summary: "Show a cluster", params, response };
  app.get("/clusters/:cluster", { schema }, async ({ params: { cluster: idOrName }, caller }) => {
    const { projectId } = caller;
    const row = await findCluster(context.pool, { projectId, idOrName });
    if (row === null) throw notFound("cluster", idOrName);
    const nodes = await countNodes(context.pool, { projectId, clusterIds: [row.id] });
    return { cluster: { ...toClusterBody(row), nodes } };
  });
}
