import type { Json } from "../../grammar/plan.ts";
import type { TestDatabase } from "./database.ts";
import { applyText, programText, uploadFake } from "./programs.ts";

/** A cluster `web` of four nodes, `web-1` to `web-4`, that stand for the resources `r-1` to `r-4`; nothing works on it. */
export async function makeWatchedCluster(db: TestDatabase): Promise<string> {
  await uploadFake(db.pool);
  const { actions } = await applyText(db.pool, programText({ web: "size: 4 in 1..10" }));
  const clusterId = actions[0]!.cluster_id!;
  await db.pool.query("delete from mailbox; delete from outbox; update action set status = 'SUCCEEDED'");
  await db.pool.query(
    `insert into node (id, project_id, cluster_id, name, index, profile_id, status, physical_id, updated_at)
     select gen_random_uuid(), 'default', c.id, 'web-' || i, i, c.profile_id, 'ACTIVE', 'r-' || i,
       now() - interval '1 hour'
     from cluster c, generate_series(1, 4) as i`,
  );
  return clusterId;
}

/** Has a health policy watch a cluster. */
export async function attachHealth(
  db: TestDatabase,
  clusterId: string,
  detection: Json,
  recovery: Json = { actions: [{ name: "REBUILD" }] },
): Promise<void> {
  await db.pool.query(
    `with made as (
       insert into policy (id, project_id, name, type, spec, definition, arguments)
       values (gen_random_uuid(), 'default', 'h', 'senlin.policy.health-1.2', '{}', 'senlin_health', $1) returning id
     )
     insert into binding (id, project_id, cluster_id, policy_id) select gen_random_uuid(), 'default', $2, id from made`,
    [JSON.stringify({ detection, recovery }), clusterId],
  );
}

/** The recoveries that were asked for, in their order. */
export async function recoveriesIn(
  db: TestDatabase,
): Promise<readonly { readonly target_name: string; readonly inputs: Readonly<Record<string, Json>> }[]> {
  const text = "select target_name, inputs from action where action = 'NODE_RECOVER' order by seq";
  return (await db.pool.query(text)).rows;
}

/** What was told of looks and events that led to nothing. */
export async function healthFaultsIn(db: TestDatabase): Promise<readonly string[]> {
  const text = "select message from event where name = 'health.fault' order by seq";
  return (await db.pool.query<{ message: string }>(text)).rows.map(({ message }) => message);
}
