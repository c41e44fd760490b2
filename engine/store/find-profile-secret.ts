import type { PlanSecret } from "../../grammar/plan.ts";
import type { Queryable } from "./pool.ts";

/** Where the value of a secret is that a program's profile names; `null` when it knows no such secret. */
export async function findProfileSecret(
  db: Queryable,
  q: { projectId: string; profileId: string; name: string },
): Promise<PlanSecret | null> {
  const text = "select secrets -> $3 as secret from profile where project_id = $1 and id = $2";
  const values = [q.projectId, q.profileId, q.name];
  const found = await db.query<{ secret: PlanSecret | null }>({ name: "find-profile-secret", text, values });
  return found.rows[0]?.secret ?? null;
}
