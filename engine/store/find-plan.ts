import { LRUCache } from "lru-cache";
import type { Plan } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/**
 * Plans that were read, by project and hash: with the library in it one has some 190,000 characters, reading it takes
 * about a millisecond, and every run, question and page of an action wants it. None goes stale, since a plan is what its
 * hash says and is never deleted.
 */
const plans = new LRUCache<string, Plan>({ maxSize: 32 * 1024 * 1024 });

/** A project's plan by hash; `null` when it has none. Shared: nobody changes it. */
export async function findPlan(db: Queryable, q: { projectId: string; hash: string }): Promise<Plan | null> {
  const key = `${q.hash} ${q.projectId}`;
  const known = plans.get(key);
  if (known !== undefined) return known;
  const text = "select document::text as document from plan where project_id = $1 and hash = $2";
  const values = [q.projectId, q.hash];
  const document = (await db.query<{ document: string }>({ name: "find-plan", text, values })).rows[0]
    ?.document;
  if (document === undefined) return null;
  const plan = JSON.parse(document) as Plan;
  plans.set(key, plan, { size: document.length });
  return plan;
}

/** Whether a project has this plan, without reading it. */
export async function hasPlan(db: Queryable, q: { projectId: string; hash: string }): Promise<boolean> {
  const text = "select from plan where project_id = $1 and hash = $2";
  return (await db.query({ name: "has-plan", text, values: [q.projectId, q.hash] })).rowCount === 1;
}

/** Keeps a plan; one with this hash that is there already stays. */
export async function insertPlan(db: Queryable, q: { projectId: string; plan: Plan }): Promise<void> {
  const text = "insert into plan (project_id, hash, document) values ($1, $2, $3) on conflict do nothing";
  const values = [q.projectId, q.plan.hash, toJsonColumn(q.plan)];
  await db.query({ name: "insert-plan", text, values });
}

/** The plan that an action runs by, with its project; `null` when there is no such action. */
export async function findPlanOfAction(
  db: Queryable,
  q: { actionId: string },
): Promise<{ readonly projectId: string; readonly plan: Plan } | null> {
  const text = `select project_id as "projectId", plan_hash as hash from action where id = $1`;
  const named = { name: "find-plan-of-action", text, values: [q.actionId] };
  const action = (await db.query<{ projectId: string; hash: string }>(named)).rows[0];
  const plan = action === undefined ? null : await findPlan(db, action);
  return action === undefined || plan === null ? null : { projectId: action.projectId, plan };
}
