import type { Plan } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** A project's plan by hash; `null` when it has none. */
export async function findPlan(db: Queryable, q: { projectId: string; hash: string }): Promise<Plan | null> {
  const text = "select document from plan where project_id = $1 and hash = $2";
  const found = await db.query<{ document: Plan }>({
    name: "find-plan",
    text,
    values: [q.projectId, q.hash],
  });
  return found.rows[0]?.document ?? null;
}

/** Keeps a plan; one with this hash that is there already stays. */
export async function insertPlan(db: Queryable, q: { projectId: string; plan: Plan }): Promise<void> {
  const text = "insert into plan (project_id, hash, document) values ($1, $2, $3) on conflict do nothing";
  const values = [q.projectId, q.plan.hash, toJsonColumn(q.plan)];
  await db.query({ name: "insert-plan", text, values });
}
