import { Type } from "typebox";
import { findNode, listNodes } from "../../store/list-nodes.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { NodeBody, toNodeBody } from "../bodies/node.ts";
import { Id, pageQuery, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { statusFilter } from "../status-filter.ts";

/** `GET /v1/nodes?limit&marker&cluster_id&status`: nodes of the project by cluster and index; the marker is an id. */
export function getNodes(app: Api, context: ApiContext): void {
  const querystring = Type.Object({
    ...pageQuery,
    marker: Type.Optional(Id),
    cluster_id: Type.Optional(Id),
    status: Type.Optional(Type.String()),
  });
  const response = { 200: Type.Object({ nodes: Type.Array(NodeBody) }), ...refusals };
  app.get(
    "/nodes",
    { schema: { summary: "List nodes", querystring, response } },
    async ({ query, caller }) => {
      const { limit = 100, marker = null, cluster_id: clusterId = null } = query;
      const status = statusFilter(query.status);
      const rows = await listNodes(context.pool, {
        projectId: caller.projectId,
        limit,
        marker,
        clusterId,
        status,
      });
      return { nodes: rows.map(toNodeBody) };
    },
  );
}

/** `GET /v1/nodes/{id or name}`. 404 for an unknown one. */
export function getNode(app: Api, context: ApiContext): void {
  const params = Type.Object({ node: Type.String() });
  const response = { 200: Type.Object({ node: NodeBody }), ...refusals };
  app.get("/nodes/:node", { schema: { summary: "Show a node", params, response } }, async (request) => {
    const { node: idOrName } = request.params;
    const row = await findNode(context.pool, { projectId: request.caller.projectId, idOrName });
    if (row === null) throw notFound("node", idOrName);
    return { node: toNodeBody(row) };
  });
}
