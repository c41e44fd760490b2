import type { Queryable } from "./pool.ts";
import type { ProfileRow } from "./rows.ts";

/** One profile by id, whoever's it is: for what belongs to a cluster or node that the caller may see. */
export async function findProfile(db: Queryable, q: { profileId: string }): Promise<ProfileRow | null> {
  const text = `
    select p.id, p.project_id, p.name, p.spec_type, p.type, p.plugin_hash, p.grants, p.settings, p.properties, p.created_at
    from profile p
    where p.id = $1`;
  const found = await db.query<ProfileRow>({ name: "find-profile", text, values: [q.profileId] });
  return found.rows[0] ?? null;
}
