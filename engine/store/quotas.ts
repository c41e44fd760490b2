import type { Queryable } from "./pool.ts";

/** What there can be too much of. */
export const quotaResources = [
  "clusters",
  "clusters_per_user",
  "nodes",
  "nodes_per_cluster",
  "actions_in_flight",
  "api_rate",
] as const;
/** Those of which a user has a part of their own. */
export const quotasByUser: readonly QuotaResource[] = ["clusters_per_user"];
export type QuotaResource = (typeof quotaResources)[number];
/** What a project has of these at one time; the others are rates, and limits of single objects. */
export type CountedResource = Exclude<QuotaResource, "nodes_per_cluster" | "api_rate">;

/** A project's own limit. */
export interface QuotaRow {
  readonly project_id: string;
  /** Empty: the whole project's. */
  readonly user_id: string;
  readonly resource: QuotaResource;
  /** -1: none. */
  readonly amount: number;
}

/** The limits that were set for a project and for this user in it; the configuration's hold for the others. */
export async function listQuotas(
  db: Queryable,
  q: { projectId: string; userId: string },
): Promise<QuotaRow[]> {
  const text = `
    select project_id, user_id, resource, amount
    from quota
    where project_id = $1 and user_id in ('', $2)
    order by resource, user_id desc`;
  const values = [q.projectId, q.userId];
  return (await db.query<QuotaRow>({ name: "list-quotas", text, values })).rows;
}

/** Sets a limit. */
export async function putQuota(db: Queryable, q: QuotaRow & { updatedBy: string }): Promise<void> {
  const text = `
    insert into quota (project_id, user_id, resource, amount, updated_by) values ($1, $2, $3, $4, $5)
    on conflict (project_id, user_id, resource)
    do update set amount = excluded.amount, updated_by = excluded.updated_by, updated_at = now()`;
  const values = [q.project_id, q.user_id, q.resource, q.amount, q.updatedBy];
  await db.query({ name: "put-quota", text, values });
}

/** Sets a project's limits, and its users', back to the configuration's. */
export async function deleteQuotas(db: Queryable, q: { projectId: string }): Promise<void> {
  await db.query({
    name: "delete-quotas",
    text: "delete from quota where project_id = $1",
    values: [q.projectId],
  });
}

/**
 * Lets one transaction at a time count and add to this resource of a project, so that nobody passes a limit between another's
 * look and its change. Held until the transaction ends.
 */
export async function lockQuota(
  db: Queryable,
  q: { projectId: string; resource: QuotaResource },
): Promise<void> {
  const text = "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 670411004))";
  await db.query({ name: "lock-quota", text, values: [q.resource, q.projectId] });
}

/** How much of each resource a project has; of `clusters_per_user` this user, of `nodes_per_cluster` its largest cluster. */
export async function countUse(
  db: Queryable,
  q: { projectId: string; userId: string },
): Promise<Readonly<Record<Exclude<QuotaResource, "api_rate">, number>>> {
  const text = `
    select
      (select count(*) from cluster where project_id = $1)::integer as clusters,
      (select count(*) from cluster where project_id = $1 and user_id = $2)::integer as clusters_per_user,
      (select count(*) from node where project_id = $1)::integer as nodes,
      (select coalesce(max(n), 0) from
        (select count(*) as n from node where project_id = $1 and cluster_id is not null group by cluster_id) each
      )::integer as nodes_per_cluster,
      (select count(*) from action where project_id = $1 and status in ('READY', 'RUNNING'))::integer
        as actions_in_flight`;
  const found = await db.query<Record<Exclude<QuotaResource, "api_rate">, number>>({
    name: "count-use",
    text,
    values: [q.projectId, q.userId],
  });
  return found.rows[0]!;
}

/** The same of one resource: what is counted before something is added. */
export async function countUseOf(
  db: Queryable,
  q: { projectId: string; userId: string; resource: CountedResource },
): Promise<number> {
  const counts: Readonly<Record<CountedResource, string>> = {
    clusters: "select count(*)::integer as used from cluster where project_id = $1",
    clusters_per_user: "select count(*)::integer as used from cluster where project_id = $1 and user_id = $2",
    nodes: "select count(*)::integer as used from node where project_id = $1",
    actions_in_flight:
      "select count(*)::integer as used from action where project_id = $1 and status in ('READY', 'RUNNING')",
  };
  const values = q.resource === "clusters_per_user" ? [q.projectId, q.userId] : [q.projectId];
  const found = await db.query<{ used: number }>({
    name: `count-use-of-${q.resource}`,
    text: counts[q.resource],
    values,
  });
  return found.rows[0]?.used ?? 0;
}
