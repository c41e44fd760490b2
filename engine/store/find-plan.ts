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

/** Where an action is written, and what its author says of it. */
export interface PlanActionHead {
  readonly doc: string | null;
  readonly path: string;
  readonly line: number;
  readonly source: string | null;
  /** Names of the plan's plugins, each once. */
  readonly plugins: readonly string[];
}

/** The head of one action of a plan, without reading the whole plan out of the database. */
export async function findPlanActionHead(
  db: Queryable,
  q: { projectId: string; hash: string; action: string },
): Promise<PlanActionHead | null> {
  const text = `
    select act ->> 'doc' as doc, file ->> 'path' as path, (act #>> '{at,line}')::integer as line,
      file -> 'lines' ->> (act #>> '{at,line}') as source,
      array(select distinct value ->> 'name' from jsonb_each(document -> 'plugins') order by 1) as plugins
    from plan,
      lateral (select document -> 'actions' -> $3 as act) as a,
      lateral (select document -> 'files' -> (act #>> '{at,file}')::integer as file) as f
    where project_id = $1 and hash = $2 and act is not null`;
  const values = [q.projectId, q.hash, q.action];
  return (await db.query<PlanActionHead>({ name: "find-plan-action-head", text, values })).rows[0] ?? null;
}
