import type { Queryable } from "./pool.ts";
import type { ProfileRow } from "./rows.ts";

/** Profiles of a project by id; unknown ids are left out. */
export async function loadProfilesOfProject(
  db: Queryable,
  q: { projectId: string; profileIds: readonly string[] },
): Promise<ProfileRow[]> {
  const text = `
    select id, project_id, name, type, plugin_hash, grants, settings, properties, created_at
    from profile
    where project_id = $1 and id = any ($2::uuid[])`;
  const values = [q.projectId, q.profileIds];
  return (await db.query<ProfileRow>({ name: "load-profiles-of-project", text, values })).rows;
}

/** The index that each of these clusters gives to its next node, by the cluster's id. */
export async function loadNextIndexes(
  db: Queryable,
  q: { projectId: string; clusterIds: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  const text = "select id, next_index from cluster where project_id = $1 and id = any ($2::uuid[])";
  const found = await db.query<{ id: string; next_index: number }>({
    name: "load-next-indexes",
    text,
    values: [q.projectId, q.clusterIds],
  });
  return new Map(found.rows.map((row) => [row.id, row.next_index]));
}
