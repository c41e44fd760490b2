import type { Value } from "../../grammar/plan.ts";
import { isMaintained } from "./maintenance.ts";
import type { NodeToAsk } from "./load-node-to-ask.ts";
import type { Queryable } from "./pool.ts";

/** A cluster that a health policy watches, in whose owner's name its nodes are recovered. */
export interface WatchedCluster {
  readonly project_id: string;
  readonly cluster_id: string;
  readonly cluster_name: string;
  readonly program: string | null;
  readonly user_id: string;
}

/** A cluster whose health is to be looked at now. */
export interface HealthCheckRow extends WatchedCluster {
  readonly binding_id: string;
  /** Of the policy: `detection` and `recovery`. */
  readonly arguments: Readonly<Record<string, Value>>;
}

/** Keeps a check for each enabled health policy, and none for others. */
export async function keepHealthChecks(db: Queryable): Promise<void> {
  const text = `
    with wanted as (
      select b.id from binding b join policy p on p.id = b.policy_id
      where p.definition = 'senlin_health' and b.enabled
    ), dropped as (
      delete from health_check h where h.binding_id not in (select id from wanted)
    )
    insert into health_check (binding_id) select id from wanted on conflict do nothing`;
  await db.query({ name: "keep-health-checks", text });
}

/**
 * Takes checks that are due, those of clusters first that waited longest; each is due again after its interval, whoever took
 * it. Clusters on which an action works, or a person, are passed over: they would be looked at half-way.
 */
export async function takeHealthChecks(db: Queryable, q: { limit: number }): Promise<HealthCheckRow[]> {
  const text = `
    with due as (
      select h.binding_id
      from health_check h
      join binding b on b.id = h.binding_id
      join cluster c on c.id = b.cluster_id
      where h.due_at <= now() and not ${isMaintained("c.maintenance")} and not exists (select from mailbox m where m.cluster_id = b.cluster_id)
      order by h.due_at
      limit $1
      for update of h skip locked
    ), taken as (
      update health_check h
      set looked_at = now(), due_at = now() + make_interval(secs => greatest(1,
        coalesce(((p.arguments || b.arguments) #>> '{detection,interval}')::float8, 60)))
      from due, binding b, policy p
      where h.binding_id = due.binding_id and b.id = h.binding_id and p.id = b.policy_id
      returning h.binding_id
    )
    select b.id as binding_id, c.project_id, c.id as cluster_id, c.name as cluster_name, c.program, c.user_id,
      p.arguments || b.arguments as arguments
    from taken t
    join binding b on b.id = t.binding_id
    join policy p on p.id = b.policy_id
    join cluster c on c.id = b.cluster_id`;
  return (await db.query<HealthCheckRow>({ name: "take-health-checks", text, values: [q.limit] })).rows;
}

/** A node to look at, and whether it has been left alone long enough to be judged. */
export interface NodeToJudge extends NodeToAsk {
  readonly status: string;
  readonly settled: boolean;
}

/** The members of a cluster that aren't in maintenance; `settledSeconds` after its last change a node may be judged. */
export async function listNodesToJudge(
  db: Queryable,
  q: { clusterId: string; settledSeconds: number },
): Promise<NodeToJudge[]> {
  const text = `
    select n.id, n.project_id, n.name, n.index, n.physical_id, n.cluster_id, c.name as cluster_name, n.status,
      n.profile_id, p.type as profile_type, p.plugin_hash, p.grants, p.settings, p.properties || n.changes as properties,
      coalesce(n.updated_at, n.init_at) < now() - make_interval(secs => $2) as settled
    from node n
    join cluster c on c.id = n.cluster_id
    join profile p on p.id = n.profile_id
    where n.cluster_id = $1 and not n.standby and not ${isMaintained("n.maintenance")}
    order by n.index
    limit 10000`;
  const values = [q.clusterId, q.settledSeconds];
  return (await db.query<NodeToJudge>({ name: "list-nodes-to-judge", text, values })).rows;
}

/** A node of a cluster whose health policy listens to the cloud's events. */
export interface ListeningNode extends HealthCheckRow {
  readonly node_id: string;
  readonly node_name: string;
  readonly status: string;
}

/** The node that a resource of the cloud stands for, where an enabled health policy listens to events; `null` elsewhere. */
export async function findListeningNode(
  db: Queryable,
  q: { physicalId: string },
): Promise<ListeningNode | null> {
  const text = `
    select n.id as node_id, n.name as node_name, n.status, b.id as binding_id, c.project_id, c.id as cluster_id,
      c.name as cluster_name, c.program, c.user_id, p.arguments || b.arguments as arguments
    from policy p
    join binding b on b.policy_id = p.id and b.enabled
    join cluster c on c.id = b.cluster_id
    join node n on n.cluster_id = c.id
    where p.definition = 'senlin_health' and n.physical_id = $1 and not n.standby
      and not ${isMaintained("n.maintenance")} and not ${isMaintained("c.maintenance")}
      and (p.arguments || b.arguments) #> '{detection,detection_modes}' @> '[{"type": "LIFECYCLE_EVENTS"}]'
    limit 1`;
  const found = await db.query<ListeningNode>({ name: "find-listening-node", text, values: [q.physicalId] });
  return found.rows[0] ?? null;
}

/** How many nodes a cluster has, and for how many but one a recovery was asked with such a key within some seconds. */
export async function countRecoveries(
  db: Queryable,
  q: { clusterId: string; nodeId: string; prefix: string; seconds: number },
): Promise<{ readonly nodes: number; readonly others: number }> {
  const text = `
    select (select count(*)::integer from node where cluster_id = $1) as nodes,
      (select count(distinct a.target_id)::integer
       from action a
       where a.cluster_id = $1 and a.target_id <> $2 and a.action = 'NODE_RECOVER' and a.request_key like $3 || '%'
         and a.created_at > now() - make_interval(secs => $4)) as others`;
  const values = [q.clusterId, q.nodeId, q.prefix, q.seconds];
  const found = await db.query<{ nodes: number; others: number }>({ name: "count-recoveries", text, values });
  return found.rows[0]!;
}

/** Notes what stood in the way of a look; `null`: nothing. Returns whether that is news. */
export async function noteHealthFault(
  db: Queryable,
  q: { bindingId: string; fault: string | null },
): Promise<boolean> {
  const text = `
    update health_check set fault = $2 where binding_id = $1 and fault is distinct from $2 returning binding_id`;
  const values = [q.bindingId, q.fault];
  return (await db.query({ name: "note-health-fault", text, values })).rowCount === 1;
}
