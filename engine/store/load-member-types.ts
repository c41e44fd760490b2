import type { Queryable } from "./pool.ts";
import type { ProfileRow } from "./rows.ts";

/** The profile types of a cluster's members, or of these nodes alone, each once; an empty cluster's own. */
export async function loadMemberTypes(
  db: Queryable,
  q: { clusterId: string | null; nodeIds: readonly string[] },
): Promise<Pick<ProfileRow, "type" | "plugin_hash">[]> {
  const text = `
    with profile_ids as (
      select n.profile_id from node n
      where case when $2::uuid[] = '{}' then n.cluster_id = $1 else n.id = any ($2::uuid[]) end
    )
    select distinct p.type, p.plugin_hash
    from profile p
    where p.id in (select profile_id from profile_ids)
      or not exists (select from profile_ids) and p.id = (select c.profile_id from cluster c where c.id = $1)
    order by p.type, p.plugin_hash`;
  const values = [q.clusterId, q.nodeIds];
  return (
    await db.query<Pick<ProfileRow, "type" | "plugin_hash">>({ name: "load-member-types", text, values })
  ).rows;
}
