import type { PlanSecret } from "../../grammar/plan.ts";
import { findPlanOfAction } from "./find-plan.ts";
import type { Queryable } from "./pool.ts";

/**
 * Where the value of a secret is: as the action's plan says, else as the plan said from which the profile came (an old
 * node's, whose program has dropped the secret since). `null` when neither knows it.
 */
export async function findSecret(
  db: Queryable,
  q: { actionId: string; profileId: string | null; name: string },
): Promise<PlanSecret | null> {
  const found = await findPlanOfAction(db, q);
  if (found === null) return null;
  const secret = new Map(Object.entries(found.plan.secrets)).get(q.name);
  if (secret !== undefined) return secret;
  const text = "select secrets -> $3 as secret from profile where project_id = $1 and id = $2::uuid";
  const values = [found.projectId, q.profileId, q.name];
  const dropped = await db.query<{ secret: PlanSecret | null }>({
    name: "find-dropped-secret",
    text,
    values,
  });
  return dropped.rows[0]?.secret ?? null;
}
