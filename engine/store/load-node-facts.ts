import type { Json } from "../../grammar/plan.ts";
import type { Queryable } from "./pool.ts";

/** What decides whether a node may join or leave a cluster. */
export interface NodeFacts {
  readonly id: string;
  readonly status: string;
  readonly cluster_id: string | null;
  /** `os.nova.server-1.0` */
  readonly spec_type: string;
  readonly dependents: Readonly<Record<string, Json>>;
}

/** Of these nodes, by id; those that are gone are left out. */
export async function loadNodeFacts(
  db: Queryable,
  q: { ids: readonly string[] },
): Promise<ReadonlyMap<string, NodeFacts>> {
  const text = `
    select n.id, n.status, n.cluster_id, p.spec_type, n.dependents
    from node n
    join profile p on p.id = n.profile_id
    where n.id = any ($1::uuid[])`;
  const found = await db.query<NodeFacts>({ name: "load-node-facts", text, values: [q.ids] });
  return new Map(found.rows.map((row) => [row.id, row]));
}

/** The public type of a cluster's profile. */
export async function findSpecType(db: Queryable, q: { profileId: string }): Promise<string | null> {
  const text = "select spec_type from profile where id = $1";
  const values = [q.profileId];
  const found = await db.query<{ spec_type: string }>({ name: "find-spec-type", text, values });
  return found.rows[0]?.spec_type ?? null;
}

/** Ids of a cluster's nodes that match all that is said, by index. */
export async function listMemberIds(
  db: Queryable,
  q: {
    clusterId: string;
    name?: string | undefined;
    profileId?: string | undefined;
    status?: string | undefined;
    role?: string | undefined;
  },
): Promise<readonly string[]> {
  const text = `
    select id
    from node
    where cluster_id = $1 and not standby and ($2::text is null or name = $2) and ($3::text is null or profile_id::text = $3)
      and ($4::text is null or status = $4) and ($5::text is null or role = $5)
    order by index`;
  const values = [q.clusterId, q.name, q.profileId, q.status, q.role].map((value) => value ?? null);
  const found = await db.query<{ id: string }>({ name: "list-member-ids", text, values });
  return found.rows.map((row) => row.id);
}
