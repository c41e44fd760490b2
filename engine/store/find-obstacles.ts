import type { Queryable } from "./pool.ts";

/** What stands in the way of an action on a cluster or node at this moment. */
export interface Obstacles {
  /** Something works on it: on a cluster that may be an action on a member. */
  readonly locked: boolean;
  /** Actions on the same target that have not ended, oldest first. */
  readonly action_ids: readonly string[];
  /** The scaling policy in whose cooldown the cluster is, for an action of its event. */
  readonly cooling_policy: string | null;
}

/** Looks for them. The transaction has locked the mailboxes, so what is found stays so until it ends. */
export async function findObstacles(
  db: Queryable,
  q: { action: string; targetId: string; clusterId: string | null },
): Promise<Obstacles> {
  const text = `
    select
      case when $1::uuid = $2::uuid
        then exists (select from mailbox m where m.cluster_id = $2::uuid and m.held)
        else exists (select from action a where a.target_id = $1::uuid and a.status = 'RUNNING')
      end as locked,
      array(
        select a.id from action a where a.target_id = $1::uuid and a.status in ('READY', 'RUNNING') order by a.seq
      ) as action_ids,
      (
        select p.id
        from binding b
        join policy p on p.id = b.policy_id
        where b.cluster_id = $2::uuid and b.enabled and p.type like 'senlin.policy.scaling-%'
          and coalesce(p.arguments ->> 'event', p.spec -> 'properties' ->> 'event') = $3
          and b.last_op + make_interval(
            secs => coalesce((p.arguments -> 'adjustment' ->> 'cooldown')::float8, 0)) > now()
        order by b.priority, b.position, b.id
        limit 1
      ) as cooling_policy`;
  const values = [q.targetId, q.clusterId, q.action];
  const found = await db.query<Obstacles>({ name: "find-obstacles", text, values });
  return found.rows[0]!;
}
