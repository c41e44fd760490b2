import { isId } from "./new-id.ts";
import { type Page, pageLimit } from "./page.ts";
import type { Queryable } from "./pool.ts";
import { type ClusterRow, columns } from "./rows.ts";

/** Every column of a `ClusterRow`. */
export const clusterColumns = [
  "id",
  "project_id",
  "name",
  "program",
  "plan_hash",
  "profile_id",
  "min_size",
  "max_size",
  "desired_capacity",
  "status",
  "status_reason",
  "metadata",
  "policies",
  "created_at",
  "updated_at",
] as const satisfies readonly (keyof ClusterRow)[];

/** A project's cluster by id or name; `null` when there is none. */
export async function findCluster(
  db: Queryable,
  q: { projectId: string; idOrName: string },
): Promise<ClusterRow | null> {
  const by = isId(q.idOrName) ? "id" : "name";
  const text = `select ${columns("c", clusterColumns)} from cluster c where c.project_id = $1 and c.${by} = $2`;
  const values = [q.projectId, q.idOrName];
  return (await db.query<ClusterRow>({ name: `find-cluster-by-${by}`, text, values })).rows[0] ?? null;
}

/** One page of a project's clusters by name, after the cluster `marker`. */
export async function listClusters(
  db: Queryable,
  q: Page & { projectId: string; program: string | null },
): Promise<ClusterRow[]> {
  const text = `
    select ${columns("c", clusterColumns)}
    from cluster c
    where c.project_id = $1
      and ($2::text is null or c.program = $2)
      and ($3::uuid is null or c.name > (select name from cluster where project_id = $1 and id = $3))
    order by c.name
    limit $4`;
  const values = [q.projectId, q.program, q.marker, pageLimit(q)];
  return (await db.query<ClusterRow>({ name: "list-clusters", text, values })).rows;
}
