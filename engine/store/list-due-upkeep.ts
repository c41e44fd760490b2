import type { Value } from "../../grammar/plan.ts";
import { isMaintained } from "./maintenance.ts";
import type { Queryable } from "./pool.ts";

/** Something that a cluster's policy wants to be done now. */
export interface DueUpkeep {
  readonly binding_id: string;
  /** Of the library: `max_lifetime`, `standby_pool`. */
  readonly definition: string;
  readonly arguments: Readonly<Record<string, Value>>;
  readonly project_id: string;
  readonly cluster_id: string;
  readonly program: string | null;
  readonly user_id: string;
  /** The newest action of the cluster, if one is still known. */
  readonly last_action_id: string | null;
}

/**
 * Clusters with nodes that are older than their policy allows, or with other than so many that stand by, while nothing is done
 * with them by an action or a person. One whose last upkeep failed is left alone for five minutes, and one that still isn't as it
 * should be right after its upkeep for one.
 */
export async function listDueUpkeep(db: Queryable, q: { limit: number }): Promise<DueUpkeep[]> {
  const text = `
    select b.id as binding_id, p.definition, given.arguments, c.project_id, c.id as cluster_id, c.program, c.user_id,
      last.id as last_action_id
    from policy p
    join binding b on b.policy_id = p.id and b.enabled
    join cluster c on c.id = b.cluster_id
    cross join lateral (select p.arguments || b.arguments as arguments) as given
    left join lateral (
      select a.id, a.action, a.end_time
      from action a
      where a.cluster_id = c.id
      order by a.created_at desc, a.seq desc
      limit 1
    ) as last on true
    where p.definition in ('max_lifetime', 'standby_pool')
      and c.status in ('ACTIVE', 'WARNING')
      and not ${isMaintained("c.maintenance")}
      and not exists (select from mailbox m where m.cluster_id = c.id)
      and not exists (
        select from action a
        where a.cluster_id = c.id and a.action in ('CLUSTER_REPLACE_OLD', 'CLUSTER_FILL_STANDBY') and a.status = 'FAILED'
          and a.end_time > now() - interval '5 minutes')
      and (
        last.action = case p.definition when 'max_lifetime' then 'CLUSTER_REPLACE_OLD' else 'CLUSTER_FILL_STANDBY' end
        and last.end_time > now() - interval '1 minute') is not true
      and case p.definition
        when 'max_lifetime' then exists (
          select from node n
          where n.cluster_id = c.id and not n.standby and not n.protected and not ${isMaintained("n.maintenance")}
            and coalesce(n.created_at, n.init_at) < now() - make_interval(secs => (given.arguments ->> 'lifetime')::float8))
        else (given.arguments ->> 'size')::integer <> (
          select count(*) from node n
          where n.cluster_id = c.id and n.standby
            and n.status = upper(coalesce(given.arguments ->> 'state', 'suspended')) and n.profile_id = c.profile_id)
      end
    order by b.id
    limit $1`;
  return (await db.query<DueUpkeep>({ name: "list-due-upkeep", text, values: [q.limit] })).rows;
}
