import { type Static, Type } from "typebox";
import { type AppliedProgram, applyProgram } from "../../actions/apply-program.ts";
import type { PlanReads } from "../../actions/plan-reads.ts";
import { findPlan } from "../../store/find-plan.ts";
import { findProgram, listPrograms } from "../../store/programs.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ActionBody, toActionBody } from "../bodies/action.ts";
import { ChangeBody, PlanReadsBody, toChangeBody } from "../bodies/plan.ts";
import {
  FullProgramBody,
  ProgramBody,
  ProgramRequestBody,
  toFullProgramBody,
  toProgramBody,
} from "../bodies/program.ts";
import { Json, pageQuery, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { brokenProgram, programRequest, toDiagnostics } from "../program-requests.ts";

/** What applying answers. */
export const AppliedBody = Type.Object({
  program: Type.Object({ name: Type.String(), version: Type.Integer(), plan_hash: Type.String() }),
  changes: Type.Array(ChangeBody),
  actions: Type.Array(ActionBody),
  diagnostics: Type.Array(Json),
});

/**
 * `POST /v1/programs` with `{"path": "shop.coppice", "text": "…", "plugins": {"./docker": "<hash>"}}`.
 * 202 with the new version, what changed and the actions that bring nodes there, all in one transaction. 400 with
 * diagnostics for a broken program, 409 when one of its clusters belongs to another program, and, with the `reads` of a
 * plan, when something that it was made from has moved since: then nothing is changed.
 */
export function createProgram(app: Api, context: ApiContext): void {
  const request = Type.Object(
    { ...ProgramRequestBody.properties, reads: Type.Optional(PlanReadsBody) },
    { additionalProperties: false },
  );
  const response = { 202: AppliedBody, ...refusals };
  const schema = { summary: "Apply a program", body: request, response };
  app.post("/programs", { schema, config: { rule: "programs:apply" } }, async ({ body, caller }, reply) => {
    const reads = body.reads as PlanReads | undefined; // the schema has checked it; facts are JSON
    const applied = await applyProgram(context.pool, { ...programRequest(body, caller), reads });
    if (!applied.ok) throw brokenProgram(body, applied);
    const diagnostics = toDiagnostics(body, applied);
    return reply.code(202).send(toAppliedBody(applied, context, diagnostics));
  });
}

/** `GET /v1/programs?limit&marker`: programs of the project by name, each in its current version. The marker is a name. */
export function getPrograms(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ programs: Type.Array(ProgramBody) }), ...refusals };
  const schema = { summary: "List programs", querystring: Type.Object(pageQuery), response };
  app.get("/programs", { schema, config: { rule: "programs:index" } }, async ({ query, caller }) => {
    const { limit = 100, marker = null } = query;
    const rows = await listPrograms(context.pool, { projectId: caller.projectId, limit, marker });
    return { programs: rows.map(toProgramBody) };
  });
}

/** `GET /v1/programs/{name}`: its current version with text and actions. 404 for an unknown one. */
export function getProgram(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ program: FullProgramBody }), ...refusals };
  const schema = { summary: "Show a program", params: Type.Object({ name: Type.String() }), response };
  app.get("/programs/:name", { schema, config: { rule: "programs:get" } }, async ({ params, caller }) => {
    const { projectId } = caller;
    const row = await findProgram(context.pool, { projectId, name: params.name });
    if (row === null) throw notFound("program", params.name);
    const plan = await findPlan(context.pool, { projectId, hash: row.plan_hash });
    return { program: toFullProgramBody(row, plan) };
  });
}

/** An applied program as the API shows it. */
export function toAppliedBody(
  applied: AppliedProgram,
  context: ApiContext,
  diagnostics: readonly unknown[],
): Static<typeof AppliedBody> {
  return {
    program: applied.program,
    changes: applied.changes.map(toChangeBody),
    actions: applied.actions.map((row) => toActionBody(row, context)),
    diagnostics: [...diagnostics],
  };
}
