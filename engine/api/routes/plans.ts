import { Type } from "typebox";
import { planProgram } from "../../actions/apply-program.ts";
import type { Api } from "../app.ts";
import { ChangeBody, ProgramRequestBody } from "../bodies/program.ts";
import { Json, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { brokenProgram, programRequest, toDiagnostics } from "../program-requests.ts";

/**
 * `POST /v1/plans` with what `POST /v1/programs` takes. 200 with what applying it would change, and warnings; nothing
 * is written. 400 with diagnostics for a broken program, 409 when one of its clusters belongs to another.
 */
export function createPlan(app: Api, context: ApiContext): void {
  const response = {
    200: Type.Object({
      program: Type.Object({ name: Type.String(), plan_hash: Type.String() }),
      changes: Type.Array(ChangeBody),
      diagnostics: Type.Array(Json),
    }),
    ...refusals,
  };
  const schema = { summary: "Show what a program would change", body: ProgramRequestBody, response };
  app.post("/plans", { schema, config: { readOnly: true } }, async ({ body, caller }) => {
    const planned = await planProgram(context.pool, programRequest(body, caller));
    if (!planned.ok) throw brokenProgram(body, planned.diagnostics);
    return {
      program: { name: planned.plan.program, plan_hash: planned.plan.hash },
      changes: planned.changes.map((change) => ({ ...change, attributes: [...change.attributes] })),
      diagnostics: toDiagnostics(body, planned.diagnostics),
    };
  });
}
