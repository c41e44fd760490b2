import type { PlanSecret } from "../../grammar/plan.ts";
import type { Queryable } from "./pool.ts";

/**
 * Where the value of a secret is: as the action's plan says, else as the plan said from which the profile came (an old
 * node's, whose program has dropped the secret since). `null` when neither knows it.
 */
export async function findSecret(
  db: Queryable,
  q: { actionId: string; profileId: string | null; name: string },
): Promise<PlanSecret | null> {
  const text = `
    select coalesce(
      (select p.document -> 'secrets' -> $3
        from action a join plan p on p.project_id = a.project_id and p.hash = a.plan_hash
        where a.id = $1),
      (select r.secrets -> $3
        from action a join profile r on r.project_id = a.project_id
        where a.id = $1 and r.id = $2::uuid)) as secret`;
  const values = [q.actionId, q.profileId, q.name];
  const found = await db.query<{ secret: PlanSecret | null }>({ name: "find-secret", text, values });
  return found.rows[0]?.secret ?? null;
}
