import type { Json } from "../../grammar/plan.ts";
import { clusterFields } from "./find-cluster.ts";
import { toJsonColumn } from "./json-column.ts";
import { maintenanceFrom } from "./maintenance.ts";
import type { Queryable } from "./pool.ts";
import type { ClusterRow } from "./rows.ts";

/**
 * Changes fields of a cluster: `name`, `metadata`, `timeout`, `config`, `min`, `max`, `profile` (its id), `maintenance`
 * ({ on, until }), `overrides` ({ action, by }), `data` (on top of what is there). Those that are left out stay. A new profile is that of nodes to come, also of this action.
 */
export async function changeCluster(
  db: Queryable,
  q: { actionId: string; clusterId: string; fields: Readonly<Record<string, Json>> },
): Promise<ClusterRow> {
  const text = `
    with pinned as (
      update mailbox set profile_id = ($3::jsonb ->> 'profile')::uuid
      where action_id = $1 and cluster_id = $2 and $3::jsonb ? 'profile'
    )
    update cluster c
    set
      name = coalesce($3::jsonb ->> 'name', c.name),
      metadata = coalesce($3::jsonb -> 'metadata', c.metadata),
      timeout = coalesce(($3::jsonb ->> 'timeout')::integer, c.timeout),
      config = coalesce($3::jsonb -> 'config', c.config),
      min_size = coalesce(($3::jsonb ->> 'min')::integer, c.min_size),
      max_size = coalesce(($3::jsonb ->> 'max')::integer, c.max_size),
      profile_id = coalesce(($3::jsonb ->> 'profile')::uuid, c.profile_id),
      maintenance = ${maintenanceFrom("$3::jsonb", "c.maintenance")},
      overrides = case
        when not $3::jsonb ? 'overrides' then c.overrides
        when $3::jsonb #>> '{overrides,by}' is null then c.overrides - ($3::jsonb #>> '{overrides,action}')
        else c.overrides || jsonb_build_object($3::jsonb #>> '{overrides,action}', $3::jsonb #> '{overrides,by}')
      end,
      data = c.data || coalesce($3::jsonb -> 'data', '{}'),
      updated_at = now()
    where c.id = $2
    returning ${clusterFields}`;
  const values = [q.actionId, q.clusterId, toJsonColumn(q.fields)];
  return (await db.query<ClusterRow>({ name: "change-cluster", text, values })).rows[0]!;
}
