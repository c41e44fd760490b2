import type { ListedKind } from "./list-rows.ts";
import { isId } from "./new-id.ts";
import type { Queryable } from "./pool.ts";
import { type ClusterRow, columns } from "./rows.ts";

/** Every column of a `ClusterRow` but its policies. */
const ownColumns = [
  "id",
  "project_id",
  "user_id",
  "domain_id",
  "name",
  "program",
  "plan_hash",
  "profile_id",
  "min_size",
  "max_size",
  "desired_capacity",
  "next_index",
  "status",
  "status_reason",
  "metadata",
  "config",
  "data",
  "dependents",
  "timeout",
  "maintenance",
  "overrides",
  "init_at",
  "created_at",
  "updated_at",
] as const satisfies readonly (keyof ClusterRow)[];

const policies = `(
  select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'policy_id', b.policy_id, 'policy', p.definition, 'program', p.program,
      'name', p.name,      'arguments', p.arguments || b.arguments, 'enforce', b.enforce, 'enabled', b.enabled, 'data', b.data,
      'last_op', floor(extract(epoch from b.last_op) * 1000)) order by b.position, b.created_at, b.id), '[]')
  from binding b
  join policy p on p.id = b.policy_id
  where b.cluster_id = c.id
)`;

/** What a `ClusterRow` is made of, of a table or row called `c`, for `select` and `returning`. */
export const clusterFields = `${columns("c", ownColumns)}, ${policies} as policies`;

/** A cluster with what its users see beside its row. */
export interface ClusterDetail extends ClusterRow {
  readonly profile_name: string;
  /** By index. */
  readonly node_ids: readonly string[];
}

const details = {
  policies,
  profile_name: "(select p.name from profile p where p.id = c.profile_id)",
  node_ids: "array(select n.id from node n where n.cluster_id = c.id and not n.standby order by n.index)",
};

/** How users list clusters. */
export const listedClusters: ListedKind = {
  from: "cluster c",
  fields: columns("c", ownColumns),
  details,
  sortKeys: {
    name: "c.name",
    status: "c.status",
    init_at: "c.init_at",
    created_at: "c.created_at",
    updated_at: "c.updated_at",
  },
  filters: { name: "c.name", status: "c.status", program: "c.program" },
  shared: { kind: "cluster", id: "c.id" },
};

/** A project's cluster by id or name; of several with one name a program's own, else the newest. `null` when there is none. */
export async function findCluster(
  db: Queryable,
  q: { projectId: string; idOrName: string },
): Promise<ClusterRow | null> {
  const by = isId(q.idOrName) ? "id" : "name";
  const text = `select ${clusterFields} from cluster c where c.project_id = $1 and c.${by} = $2
    order by c.program is null, c.init_at desc limit 1`;
  const values = [q.projectId, q.idOrName];
  return (await db.query<ClusterRow>({ name: `find-cluster-by-${by}`, text, values })).rows[0] ?? null;
}
