import { Type } from "typebox";
import { type ClusterDetail, listedClusters } from "../../store/find-cluster.ts";
import { listedNodes, type NodeDetail } from "../../store/list-nodes.ts";
import { listRows } from "../../store/list-rows.ts";
import type { Api } from "../app.ts";
import { NodeBody, toNodeBody } from "../bodies/node.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject, findReferenced } from "../find-object.ts";
import { type ListContract, readListQuery } from "../list-query.ts";
import { scopeOf } from "../scope.ts";
import { nodeStatuses } from "../senlin-names.ts";

const listed: ListContract = {
  kind: listedNodes,
  defaultSort: "init_at",
  filters: { cluster_id: { single: true }, name: {}, status: { values: nodeStatuses } },
};

/** `GET /v1/nodes`: filters `cluster_id` (any identity), `name`, `status`; senlin: `api.md` §12. */
export function getNodes(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ nodes: Type.Array(NodeBody) }), ...refusals };
  app.get(
    "/nodes",
    { schema: { summary: "List nodes", response }, config: { rule: "nodes:index" } },
    async (request) => {
      const query = readListQuery(request, listed);
      const [identity] = query.filters["cluster_id"] ?? [];
      const cluster =
        identity === undefined
          ? null
          : await findReferenced<ClusterDetail>(context.pool, listedClusters, {
              scope: query.scope,
              identity,
              kind: "cluster",
            });
      const filters = { ...query.filters, ...(cluster !== null && { cluster_id: [cluster.id] }) };
      const rows = await listRows<NodeDetail>(context.pool, listed.kind, { ...query, filters });
      return { nodes: rows.map((row) => toNodeBody(row, request.microversion)) };
    },
  );
}

/** `GET /v1/nodes/{id, name or short id}`. */
export function getNode(app: Api, context: ApiContext): void {
  const params = Type.Object({ node: Type.String() });
  const response = { 200: Type.Object({ node: NodeBody }), ...refusals };
  app.get(
    "/nodes/:node",
    { schema: { summary: "Show a node", params, response }, config: { rule: "nodes:get" } },
    async (request) => {
      const { microversion } = request;
      const q = { scope: scopeOf(request), identity: request.params.node, kind: "node" };
      const row = await findObject<NodeDetail>(context.pool, listedNodes, q);
      return { node: toNodeBody(row, microversion) };
    },
  );
}
