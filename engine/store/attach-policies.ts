import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import { newId } from "./new-id.ts";
import type { Queryable } from "./pool.ts";

/** What stands in the way of attaching a policy. */
export interface AttachConflict {
  /** `senlin.policy.scaling` */
  readonly type: string;
  /** Whether this very policy is attached. */
  readonly same: boolean;
  /** Of another policy of the same type. */
  readonly other: string | null;
}

/** A policy of the action's project and what the cluster has of its type already; `null` when there is no such policy. */
export async function findAttachConflict(
  db: Queryable,
  q: { actionId: string; clusterId: string; policyId: string },
): Promise<AttachConflict | null> {
  const text = `
    select regexp_replace(p.type, '-[^-]*$', '') as type,
      exists (select from binding b where b.cluster_id = $2 and b.policy_id = p.id) as same,
      (
        select o.name
        from binding b
        join policy o on o.id = b.policy_id
        where b.cluster_id = $2 and o.id <> p.id
          and regexp_replace(o.type, '-[^-]*$', '') = regexp_replace(p.type, '-[^-]*$', '')
        limit 1
      ) as other
    from action a
    join policy p on p.project_id = a.project_id
    where a.id = $1 and p.id::text = $3`;
  const values = [q.actionId, q.clusterId, q.policyId];
  return (await db.query<AttachConflict>({ name: "find-attach-conflict", text, values })).rows[0] ?? null;
}

/** Attaches a policy to a cluster; the new binding's id. */
export async function insertBinding(
  db: Queryable,
  q: { clusterId: string; policyId: string; enabled: boolean; priority: number },
): Promise<string> {
  const id = newId();
  const text = `
    insert into binding (id, project_id, cluster_id, policy_id, enabled, priority)
    select $1, c.project_id, c.id, $3, $4, $5 from cluster c where c.id = $2`;
  const values = [id, q.clusterId, q.policyId, q.enabled, q.priority];
  await db.query({ name: "insert-binding", text, values });
  return id;
}

/** Takes a policy off a cluster; `false` when it isn't attached. */
export async function deleteBinding(
  db: Queryable,
  q: { clusterId: string; policyId: string },
): Promise<boolean> {
  const text = "delete from binding where cluster_id = $1 and policy_id::text = $2";
  const done = await db.query({ name: "delete-binding", text, values: [q.clusterId, q.policyId] });
  return (done.rowCount ?? 0) > 0;
}

/** Enables or disables a policy on a cluster; `null` changes nothing. `false` when it isn't attached. */
export async function enableBinding(
  db: Queryable,
  q: { clusterId: string; policyId: string; enabled: boolean | null },
): Promise<boolean> {
  const text = `
    update binding set enabled = coalesce($3, enabled) where cluster_id = $1 and policy_id::text = $2`;
  const values = [q.clusterId, q.policyId, q.enabled];
  return ((await db.query({ name: "enable-binding", text, values })).rowCount ?? 0) > 0;
}

/** Keeps what a policy knows of a cluster, and that it has just had an effect: when that was, in milliseconds since 1970. */
export async function keepBinding(
  db: Queryable,
  q: { clusterId: string; bindingId: string; data: Json | undefined; now: boolean },
): Promise<number | null> {
  const text = `
    update binding
    set data = case when $3::jsonb is null then data else nullif($3::jsonb, 'null') end,
      last_op = case when $4 then now() else last_op end
    where cluster_id = $1 and id::text = $2
    returning floor(extract(epoch from last_op) * 1000)::float8 as last_op`;
  const data = q.data === undefined ? null : toJsonColumn(q.data);
  const values = [q.clusterId, q.bindingId, data, q.now];
  const found = await db.query<{ last_op: number | null }>({ name: "keep-binding", text, values });
  return found.rows[0]?.last_op ?? null;
}
