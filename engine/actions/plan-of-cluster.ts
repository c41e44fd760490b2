import type pg from "pg";
import type { Plan } from "../../grammar/plan.ts";
import { findPlan } from "../store/find-plan.ts";
import { findProgram } from "../store/programs.ts";
import type { ClusterRow } from "../store/rows.ts";
import { keepLibraryPlan } from "./library-plan.ts";
import { Refusal } from "./refusal.ts";

/**
 * What actions on a cluster run on: of a program's cluster the program's newest plan, which contains the library, too;
 * of others, and of orphan nodes (`program` is `null`), the library's alone.
 */
export async function planOfCluster(
  pool: pg.Pool,
  cluster: Pick<ClusterRow, "project_id" | "program">,
): Promise<Plan> {
  const { project_id: projectId, program: name } = cluster;
  if (name === null) return keepLibraryPlan(pool, projectId);
  const program = await findProgram(pool, { projectId, name });
  const plan = program === null ? null : await findPlan(pool, { projectId, hash: program.plan_hash });
  if (plan === null)
    throw new Refusal("conflict", "program-not-found", `program "${name}" is gone`, "apply it again");
  return plan;
}
