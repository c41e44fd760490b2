import type { Queryable } from "./pool.ts";

/** Whether a policy is attached to a cluster. */
export async function isAttached(
  db: Queryable,
  q: { clusterId: string; policyId: string },
): Promise<boolean> {
  const text = "select from binding where cluster_id = $1 and policy_id = $2 limit 1";
  const found = await db.query({ name: "is-attached", text, values: [q.clusterId, q.policyId] });
  return found.rows.length > 0;
}
