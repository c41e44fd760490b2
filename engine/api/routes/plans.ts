import type { Static } from "typebox";
import { type PlannedProgram, planProgram } from "../../actions/apply-program.ts";
import type { Api } from "../app.ts";
import { PlanBody, toChangeBody, toPlannedActionBody } from "../bodies/plan.ts";
import { ProgramRequestBody } from "../bodies/program.ts";
import { refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { brokenProgram, programRequest, toDiagnostics } from "../program-requests.ts";

/**
 * `POST /v1/plans` with what `POST /v1/programs` takes. 200 with what applying it would change, the actions that it
 * would start, what the plan was made from, and warnings; nothing is written. 400 with diagnostics for a broken
 * program, 409 when one of its clusters belongs to another.
 */
export function createPlan(app: Api, context: ApiContext): void {
  const response = { 200: PlanBody, ...refusals };
  const schema = { summary: "Show what a program would change", body: ProgramRequestBody, response };
  app.post("/plans", { schema, config: { rule: "programs:plan" } }, async ({ body, caller }) => {
    const planned = await planProgram(context.pool, programRequest(body, caller));
    if (!planned.ok) throw brokenProgram(body, planned);
    return toPlanBody(planned, toDiagnostics(body, planned));
  });
}

/** A plan as the API shows it. */
export function toPlanBody(
  planned: PlannedProgram,
  diagnostics: readonly unknown[],
): Static<typeof PlanBody> {
  return {
    program: { name: planned.plan.program, plan_hash: planned.plan.hash },
    changes: planned.changes.map(toChangeBody),
    starts: planned.starts.map(toPlannedActionBody),
    reads: planned.reads as unknown as Static<typeof PlanBody>["reads"], // the same, but readonly
    diagnostics: [...diagnostics],
  };
}
