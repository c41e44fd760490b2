import type { Queryable } from "./pool.ts";

const named = ["cluster", "node", "profile", "policy", "receiver"] as const;
export type Named = (typeof named)[number];

/**
 * Whether a project has no object of that kind and name. Until the transaction ends nobody else can ask for the same
 * name, so that of two who want it one gets it.
 */
export async function isNameFree(
  db: Queryable,
  q: { kind: Named; projectId: string; name: string },
): Promise<boolean> {
  await db.query({
    name: "lock-name",
    text: "select pg_advisory_xact_lock(hashtextextended($1, 670411011))",
    values: [JSON.stringify([q.kind, q.projectId, q.name])],
  });
  const text = `select not exists (select from ${q.kind} where project_id = $1 and name = $2) as free`;
  const values = [q.projectId, q.name];
  const found = await db.query<{ free: boolean }>({ name: `is-${q.kind}-name-free`, text, values });
  return found.rows[0]?.free === true;
}
