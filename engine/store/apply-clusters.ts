import type { Plan } from "../../grammar/plan.ts";
import { clusterFields } from "./find-cluster.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";
import type { ClusterRow, ProfileRow } from "./rows.ts";

/** A cluster's row with its profile's. */
export interface ClusterWithProfile {
  readonly cluster: ClusterRow;
  readonly profile: ProfileRow;
}

/** Clusters of a program, and others with one of these names; with their profiles, locked against other appliers. */
export async function loadClustersToApply(
  db: Queryable,
  q: { projectId: string; program: string; names: readonly string[]; lock: boolean },
): Promise<ClusterWithProfile[]> {
  const text = `
    select ${clusterFields}, to_jsonb(p) as profile
    from cluster c
    join profile p on p.id = c.profile_id
    where c.project_id = $1 and (c.program = $2 or c.name = any ($3))
    order by c.id ${q.lock ? "for no key update of c" : ""}`;
  const found = await db.query<
    ClusterRow & { profile: Omit<ProfileRow, "created_at"> & { created_at: string } }
  >({
    name: `load-clusters-to-apply${q.lock ? "-locked" : ""}`,
    text,
    values: [q.projectId, q.program, q.names],
  });
  return found.rows.map(({ profile, ...cluster }) => {
    return { cluster, profile: { ...profile, created_at: new Date(profile.created_at) } };
  });
}

/** Adds a profile. Profiles never change: a new spec is a new row. */
export async function insertProfile(
  db: Queryable,
  q: Omit<ProfileRow, "created_at"> & { userId: string; secrets: Plan["secrets"] },
): Promise<void> {
  const text = `
    insert into profile (id, project_id, user_id, name, type, spec_type, plugin_hash, grants, settings, properties, secrets)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
  const json = [q.grants, q.settings, q.properties, q.secrets].map(toJsonColumn);
  const values = [q.id, q.project_id, q.userId, q.name, q.type, q.spec_type, q.plugin_hash, ...json];
  await db.query({ name: "insert-profile", text, values });
}

/** What a program says of a cluster. */
export interface ClusterSpec {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly program: string;
  readonly planHash: string;
  readonly profileId: string;
  readonly minimum: number;
  readonly maximum: number | null;
  readonly size: number;
  readonly labels: ClusterRow["metadata"];
  readonly overrides: ClusterRow["overrides"];
}

/** Adds a cluster as INIT, without nodes: its CLUSTER_CREATE makes them. */
export async function insertCluster(db: Queryable, q: ClusterSpec): Promise<void> {
  const text = `
    insert into cluster (id, project_id, name, program, plan_hash, profile_id, min_size, max_size, metadata, overrides, user_id,
      desired_capacity, status)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'INIT')`;
  await db.query({ name: "insert-cluster", text, values: [...specValues(q), q.userId, q.size] });
}

/** Brings a cluster's row to its program's words; the size is left to an action. */
export async function updateClusterSpec(db: Queryable, q: ClusterSpec): Promise<void> {
  const text = `
    update cluster
    set program = $4, plan_hash = $5, profile_id = $6, min_size = $7, max_size = $8, metadata = $9,
      overrides = $10, updated_at = now()
    where id = $1 and project_id = $2 and name = $3`;
  await db.query({ name: "update-cluster-spec", text, values: specValues(q) });
}

function specValues(q: ClusterSpec): unknown[] {
  const bounds = [q.minimum, q.maximum ?? -1];
  return [
    q.id,
    q.projectId,
    q.name,
    q.program,
    q.planHash,
    q.profileId,
    ...bounds,
    toJsonColumn(q.labels),
    toJsonColumn(q.overrides),
  ];
}
