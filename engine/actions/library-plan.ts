import { compileProgram } from "../../grammar/compile.ts";
import type { Plan } from "../../grammar/plan.ts";
import { hasPlan, insertPlan } from "../store/find-plan.ts";
import type { Queryable } from "../store/pool.ts";
import { loadLibrary } from "./load-library.ts";

let compiled: Plan | undefined;

/** The plan of the built-in actions and policies alone: what clusters of no program are worked on with. */
export function libraryPlan(): Plan {
  if (compiled === undefined) {
    const { plan } = compileProgram({
      path: "library.coppice",
      text: "",
      library: loadLibrary(),
      parameters: {},
      plugins: () => ({ error: "the library loads none" }),
    });
    if (plan === null) throw new Error("the library does not compile"); // a bug of ours: a test compiles it
    compiled = plan;
  }
  return compiled;
}

/** The same, and among the project's plans: runs read it from there. */
export async function keepLibraryPlan(db: Queryable, projectId: string): Promise<Plan> {
  const plan = libraryPlan();
  if (!(await hasPlan(db, { projectId, hash: plan.hash }))) await insertPlan(db, { projectId, plan });
  return plan;
}
