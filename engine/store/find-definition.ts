import type { Value } from "../../grammar/plan.ts";
import type { Queryable } from "./pool.ts";

/** The name, in plans, of what a policy of the action's project is made of; `null` when the input names none. */
export async function findDefinition(
  db: Queryable,
  q: { actionId: string; policyId: Value | undefined },
): Promise<string | null> {
  if (typeof q.policyId !== "string") return null;
  const text = `
    select p.definition
    from action a
    join policy p on p.project_id = a.project_id
    where a.id = $1 and p.id::text = $2`;
  const found = await db.query<{ definition: string }>({
    name: "find-definition",
    text,
    values: [q.actionId, q.policyId],
  });
  return found.rows[0]?.definition ?? null;
}
