import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type BindingRow, listedBindings } from "../../store/bindings.ts";
import { listedClusters } from "../../store/find-cluster.ts";
import { listRows } from "../../store/list-rows.ts";
import { listedPolicies } from "../../store/policies.ts";
import { ApiError } from "../api-error.ts";
import type { Api } from "../app.ts";
import { BindingBody, toBindingBody } from "../bodies/policy.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { findObject } from "../find-object.ts";
import { readBoolean, readQuery, readSort } from "../list-query.ts";
import { scopeOf } from "../scope.ts";

interface Found {
  readonly id: string;
  readonly project_id: string;
}

async function clusterOf(context: ApiContext, request: FastifyRequest, identity: string): Promise<Found> {
  const q = { scope: scopeOf(request), identity, kind: "cluster" };
  return await findObject<Found>(context.pool, listedClusters, q);
}

/** The order in which they are asked. */
const inOrder = [{ key: "priority", direction: "asc" }] as const;

const ofCluster = (id: string) => ({ text: "b.cluster_id = $$::uuid", value: id });

/** `GET /v1/clusters/{cluster}/policies`: filters `enabled`, `policy_name`, `policy_type`; senlin: `api.md` §11. */
export function getClusterPolicies(app: Api, context: ApiContext): void {
  const params = Type.Object({ cluster: Type.String() });
  const response = { 200: Type.Object({ cluster_policies: Type.Array(BindingBody) }), ...refusals };
  const schema = { summary: "List a cluster's policies", params, response };
  app.get(
    "/clusters/:cluster/policies",
    { schema, config: { rule: "cluster_policies:index" } },
    async (request) => {
      const query = readQuery(request, ["enabled", "policy_name", "policy_type", "sort"]);
      const { sort, ...given } = query;
      const filters = Object.fromEntries(
        Object.entries(given).map(([name, text]) => [
          name,
          [name === "enabled" ? String(readBoolean("enabled", text)) : text],
        ]),
      );
      const rows = await listRows<BindingRow>(context.pool, listedBindings, {
        scope: { projectId: null },
        filters,
        sort: sort === undefined ? inOrder : readSort(sort, listedBindings, ["enabled"]),
        marker: null,
        limit: null,
        where: [ofCluster((await clusterOf(context, request, request.params.cluster)).id)],
      });
      return { cluster_policies: rows.map(toBindingBody) };
    },
  );
}

/** `GET /v1/clusters/{cluster}/policies/{policy}`. */
export function getClusterPolicy(app: Api, context: ApiContext): void {
  const params = Type.Object({ cluster: Type.String(), policy: Type.String() });
  const response = { 200: Type.Object({ cluster_policy: BindingBody }), ...refusals };
  const schema = { summary: "Show a cluster's policy", params, response };
  const config = { rule: "cluster_policies:get" } as const;
  app.get("/clusters/:cluster/policies/:policy", { schema, config }, async (request) => {
    const { cluster, policy } = request.params;
    const { id: clusterId, project_id: projectId } = await clusterOf(context, request, cluster);
    // whoever sees the cluster sees what is attached to it, by the names that its owner knows
    const scope = { ...scopeOf(request), ...(request.caller.isAdmin ? {} : { projectId }) };
    const q = { scope, identity: policy, kind: "policy" };
    const { id } = await findObject<{ id: string }>(context.pool, listedPolicies, q);
    const [row] = await listRows<BindingRow>(context.pool, listedBindings, {
      scope: { projectId: null },
      filters: {},
      sort: [],
      marker: null,
      limit: 1,
      where: [ofCluster(clusterId), { text: "b.policy_id = $$::uuid", value: id }],
    });
    if (row === undefined) {
      throw new ApiError(
        404,
        `The policy '${policy}' is not found attached to the specified cluster '${cluster}'.`,
        { type: "PolicyBindingNotFound" },
      );
    }
    return { cluster_policy: toBindingBody(row) };
  });
}
