import type pg from "pg";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { countNodes } from "../store/list-nodes.ts";
import type { Queryable } from "../store/pool.ts";
import {
  type CountedResource,
  countUse,
  countUseOf,
  listQuotas,
  lockQuota,
  type QuotaResource,
  type QuotaRow,
  quotaResources,
} from "../store/quotas.ts";
import { Refusal } from "./refusal.ts";

/** Whose limits are asked for. */
export interface QuotaOwner {
  readonly projectId: string;
  readonly userId: string;
}

/** One limit and how much of it is used. */
export interface QuotaUse {
  readonly resource: QuotaResource;
  /** `null`: none. */
  readonly limit: number | null;
  /** `null`: of a rate. */
  readonly used: number | null;
  /** Who set the limit. */
  readonly from: "configuration" | "project" | "user";
}

/**
 * Refuses what would take a project, or a user in it, over a limit. The transaction then holds that resource alone until
 * it ends: a hundred at once pass a limit of ten exactly ten times.
 */
export async function expectQuota(
  db: pg.PoolClient,
  q: QuotaOwner & { readonly resource: CountedResource; readonly more: number },
): Promise<void> {
  const { limit } = limitOf(q.resource, await listQuotas(db, q));
  if (limit === null || q.more <= 0) return;
  await lockQuota(db, q);
  const used = await countUseOf(db, q);
  if (used + q.more <= limit) return;
  const [who, what] =
    q.resource === "clusters_per_user"
      ? ["You have", "clusters"]
      : ["The project has", q.resource.replaceAll("_", " ")];
  throw new Refusal(
    q.resource === "actions_in_flight" ? "too-many" : "forbidden",
    "OverQuota",
    `Quota exceeded for resources: ${q.resource}. ${who} ${used} of ${limit} ${what}, and ${q.more} more were asked for.`,
    q.resource === "actions_in_flight"
      ? "wait until one of them has ended"
      : "delete what is not needed, or ask an administrator for more: coppice quota",
  );
}

/** The same for clusters, of which both the project and the user in it have a limit. */
export async function expectRoomForClusters(
  db: pg.PoolClient,
  q: QuotaOwner & { readonly more: number },
): Promise<void> {
  for (const resource of ["clusters", "clusters_per_user"] as const)
    await expectQuota(db, { ...q, resource });
}

/**
 * Refuses what would take a cluster over its project's own limit; whoever asks holds the cluster. The configuration's limit
 * is for requests: a program's cluster may be larger, as its text says.
 */
export async function expectRoomInCluster(
  db: pg.PoolClient,
  q: { readonly projectId: string; readonly clusterId: string; readonly more: number },
): Promise<void> {
  const { projectId, clusterId, more } = q;
  const { limit, from } = limitOf("nodes_per_cluster", await listQuotas(db, { projectId, userId: "" }));
  if (limit === null || from === "configuration") return;
  const counts = await countNodes(db, { projectId, clusterIds: [clusterId], standby: true });
  const used = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (used + more <= limit) return;
  throw new Refusal(
    "forbidden",
    "OverQuota",
    `Quota exceeded for resources: nodes_per_cluster. The cluster has ${used} of ${limit} nodes, and ${more} more were asked for.`,
  );
}

/** All limits of a project as they hold for one of its users, and what is used of them. */
export async function listQuotaUse(db: Queryable, q: QuotaOwner): Promise<QuotaUse[]> {
  const rows = await listQuotas(db, q);
  const used = await countUse(db, q);
  return quotaResources.map((resource) => ({
    resource,
    used: resource === "api_rate" ? null : used[resource],
    ...limitOf(resource, rows),
  }));
}

/** One limit of a project; `null`: none. */
export async function limitFor(
  db: Queryable,
  q: { readonly projectId: string; readonly resource: QuotaResource },
): Promise<number | null> {
  const rows = await listQuotas(db, { projectId: q.projectId, userId: "" });
  return limitOf(q.resource, rows).limit;
}

function limitOf(resource: QuotaResource, rows: readonly QuotaRow[]): Pick<QuotaUse, "limit" | "from"> {
  const own = rows.find((row) => row.resource === resource); // a user's own stands before the project's
  if (own !== undefined)
    return { limit: own.amount < 0 ? null : own.amount, from: own.user_id === "" ? "project" : "user" };
  return { limit: defaultOf(resource, currentConfig()), from: "configuration" };
}

function defaultOf(resource: QuotaResource, config: Config): number | null {
  switch (resource) {
    case "clusters":
      return config.get("max-clusters-per-project");
    case "clusters_per_user":
      return config.get("max-clusters-per-user");
    case "nodes":
      return config.get("max-nodes-per-project");
    case "nodes_per_cluster":
      return config.get("max-nodes-per-cluster");
    case "actions_in_flight":
      return config.get("max-actions-in-flight");
    case "api_rate":
      return config.get("api-rate-limit");
  }
}
