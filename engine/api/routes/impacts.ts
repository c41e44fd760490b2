import { Type } from "typebox";
import { impactProgram } from "../../actions/impact-program.ts";
import type { Api } from "../app.ts";
import { ProgramRequestBody } from "../bodies/program.ts";
import { Json, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { brokenProgram, programRequest, toDiagnostics } from "../program-requests.ts";

/**
 * `POST /v1/impacts` with what `POST /v1/programs` takes. 200 with the clusters, actions and triggers that each changed
 * part of the program would affect, and by which way; nothing is written. 400 with diagnostics for a broken program.
 */
export function createImpact(app: Api, context: ApiContext): void {
  const affected = Type.Object({
    kind: Type.String(),
    name: Type.String(),
    through: Type.Array(Type.String({ description: "The way from the change to it, nearest first" })),
  });
  const impact = Type.Object({
    kind: Type.String(),
    name: Type.String(),
    change: Type.String(),
    affects: Type.Array(affected),
  });
  const answer = Type.Object({
    impacts: Type.Array(impact),
    nodes: Type.Record(Type.String(), Type.Integer(), { description: "How many nodes each cluster has now" }),
    diagnostics: Type.Array(Json),
  });
  const response = { 200: answer, ...refusals };
  const schema = { summary: "Show what a program's changes affect", body: ProgramRequestBody, response };
  app.post("/impacts", { schema, config: { rule: "programs:plan" } }, async ({ body, caller }) => {
    const found = await impactProgram(context.pool, programRequest(body, caller));
    if (!found.ok) throw brokenProgram(body, found);
    const impacts = found.impacts.map(({ affects, ...rest }) => {
      return { ...rest, affects: affects.map((each) => ({ ...each, through: [...each.through] })) };
    });
    return { impacts, nodes: { ...found.nodes }, diagnostics: toDiagnostics(body, found) };
  });
}
