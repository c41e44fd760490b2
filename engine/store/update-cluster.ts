import type { Json } from "../../grammar/plan.ts";
import { clusterFields } from "./find-cluster.ts";
import { toJsonColumn } from "./json-column.ts";
import { newId } from "./new-id.ts";
import type { Queryable } from "./pool.ts";
import type { ClusterRow, ProfileRow } from "./rows.ts";

/** A cluster that the action holds, locked; `null` when it doesn't hold it or it is gone. */
export async function lockHeldCluster(
  db: Queryable,
  q: { actionId: string; clusterId: string },
): Promise<ClusterRow | null> {
  const text = `
    select ${clusterFields}
    from mailbox m
    join cluster c on c.id = m.cluster_id
    where m.action_id = $1 and m.cluster_id = $2 and m.held
    for update of c`;
  const values = [q.actionId, q.clusterId];
  return (await db.query<ClusterRow>({ name: "lock-held-cluster", text, values })).rows[0] ?? null;
}

/** Sets how many nodes a cluster should have, and how many it may have. */
export async function setClusterSize(
  db: Queryable,
  q: { clusterId: string; size: number; min_size: number; max_size: number },
): Promise<ClusterRow> {
  const text = `
    update cluster c set desired_capacity = $2, min_size = $3, max_size = $4, updated_at = now() where c.id = $1
    returning ${clusterFields}`;
  const values = [q.clusterId, q.size, q.min_size, q.max_size];
  const done = await db.query<ClusterRow>({ name: "set-cluster-size", text, values });
  return done.rows[0]!;
}

/**
 * Gives a cluster a new profile: the one that the action pinned, with these properties on top. Older nodes keep
 * theirs. Returns the new profile.
 */
export async function setClusterProfile(
  db: Queryable,
  q: { actionId: string; clusterId: string; properties: Readonly<Record<string, Json>> },
): Promise<ProfileRow> {
  const text = `
    with made as (
      insert into profile (id, project_id, user_id, domain_id, name, type, plugin_hash, grants, settings, properties,
        secrets, metadata, spec_type, spec)
      select $3::uuid, c.project_id, p.user_id, p.domain_id,
        case when p.spec is null then p.name else left(p.name, 240) || '-' || right($3::uuid::text, 8) end,
        p.type, p.plugin_hash, p.grants, p.settings, p.properties || $4::jsonb,
        p.secrets || coalesce(pl.document -> 'secrets', '{}'), p.metadata, p.spec_type,
        jsonb_set(p.spec, '{properties}', coalesce(p.spec -> 'properties', '{}') || $4::jsonb)
      from cluster c
      join mailbox m on m.cluster_id = c.id and m.action_id = $1
      join profile p on p.id = coalesce(m.profile_id, c.profile_id)
      join action a on a.id = $1
      join plan pl on pl.project_id = a.project_id and pl.hash = a.plan_hash
      where c.id = $2
      returning *
    ), pinned as (
      update mailbox set profile_id = $3::uuid where action_id = $1 and cluster_id = $2
    ), changed as (
      update cluster set profile_id = $3::uuid, updated_at = now() where id = $2
    )
    select id, project_id, name, type, plugin_hash, grants, settings, properties, created_at from made`;
  const values = [q.actionId, q.clusterId, newId(), toJsonColumn(q.properties)];
  return (await db.query<ProfileRow>({ name: "set-cluster-profile", text, values })).rows[0]!;
}

/** Deletes a cluster without nodes; `false` when nodes are left. */
export async function deleteCluster(db: Queryable, q: { clusterId: string }): Promise<boolean> {
  const text = `
    delete from cluster c where c.id = $1 and not exists (select from node n where n.cluster_id = c.id)`;
  return (await db.query({ name: "delete-cluster", text, values: [q.clusterId] })).rowCount === 1;
}
