import type { Queryable } from "./pool.ts";
import type { ProfileRow } from "./rows.ts";

/** These profiles of the action's project; unknown ids are left out. */
export async function loadProfiles(
  db: Queryable,
  q: { actionId: string; profileIds: readonly string[] },
): Promise<ProfileRow[]> {
  const text = `
    select p.id, p.project_id, p.name, p.type, p.plugin_hash, p.grants, p.settings, p.properties, p.created_at
    from action a
    join profile p on p.project_id = a.project_id
    where a.id = $1 and p.id = any ($2::uuid[])`;
  return (await db.query<ProfileRow>({ name: "load-profiles", text, values: [q.actionId, q.profileIds] }))
    .rows;
}
