import { Type } from "typebox";
import type { Caller } from "../../access/caller.ts";
import { applyVersion, planVersion } from "../../actions/apply-program.ts";
import { loadSchemas } from "../../actions/compile-request.ts";
import { diffPlans } from "../../actions/diff-plans.ts";
import type { PlanReads } from "../../actions/plan-reads.ts";
import { findPlan } from "../../store/find-plan.ts";
import { findProgramVersion, listProgramVersions } from "../../store/programs.ts";
import { notFound } from "../api-error.ts";
import type { Api } from "../app.ts";
import { ChangeBody, PlanBody, PlanReadsBody, toChangeBody } from "../bodies/plan.ts";
import {
  FullProgramBody,
  ProgramVersionBody,
  toFullProgramBody,
  toProgramVersionBody,
} from "../bodies/program.ts";
import { pageQuery, refusals } from "../bodies/schemas.ts";
import type { ApiContext } from "../context.ts";
import { toPlanBody } from "./plans.ts";
import { AppliedBody, toAppliedBody } from "./programs.ts";

const versionNumber = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
const versionParams = Type.Object({ name: Type.String(), version: versionNumber });

/** `GET /v1/programs/{name}/versions?limit&before`: its versions, newest first. 404 for an unknown program. */
export function getProgramVersions(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ versions: Type.Array(ProgramVersionBody) }), ...refusals };
  const schema = {
    summary: "List the versions of a program",
    params: Type.Object({ name: Type.String() }),
    querystring: Type.Object({ limit: pageQuery.limit, before: Type.Optional(versionNumber) }),
    response,
  };
  app.get(
    "/programs/:name/versions",
    { schema, config: { rule: "programs:index" } },
    async ({ params, query, caller }) => {
      const { projectId } = caller;
      const { limit = 100, before = null } = query;
      const rows = await listProgramVersions(context.pool, { projectId, name: params.name, limit, before });
      if (rows.length === 0 && before === null) throw notFound("program", params.name);
      return {
        versions: rows.map((row, index) => toProgramVersionBody(row, before === null && index === 0)),
      };
    },
  );
}

/** `GET /v1/programs/{name}/versions/{version}`: the version with its texts as they were applied. */
export function getProgramVersion(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ program: FullProgramBody }), ...refusals };
  const schema = { summary: "Show a version of a program", params: versionParams, response };
  app.get(
    "/programs/:name/versions/:version",
    { schema, config: { rule: "programs:get" } },
    async ({ params, caller }) => {
      const { row, plan } = await findVersion(context, caller, params);
      return { program: toFullProgramBody(row, plan) };
    },
  );
}

/** `GET /v1/programs/{name}/versions/{version}/changes?since=2`: what differs from version 2, by meaning, not by text. */
export function getProgramVersionChanges(app: Api, context: ApiContext): void {
  const response = { 200: Type.Object({ changes: Type.Array(ChangeBody) }), ...refusals };
  const schema = {
    summary: "Compare two versions of a program",
    params: versionParams,
    querystring: Type.Object({ since: versionNumber }),
    response,
  };
  app.get(
    "/programs/:name/versions/:version/changes",
    { schema, config: { rule: "programs:get" } },
    async ({ params, query, caller }) => {
      const after = await findVersion(context, caller, params);
      const before = await findVersion(context, caller, { name: params.name, version: query.since });
      const hashes = Object.values(after.plan.plugins).map((plugin) => plugin.hash);
      const schemas = await loadSchemas(context.pool, hashes);
      const propertiesOf = (hash: string, type: string) =>
        schemas.get(hash)?.profiles[type]?.properties ?? null;
      return { changes: diffPlans(before.plan, after.plan, propertiesOf).map(toChangeBody) };
    },
  );
}

/** `POST /v1/programs/{name}/versions/{version}/plan`: what going back to it would change; nothing is written. */
export function planProgramVersion(app: Api, context: ApiContext): void {
  const schema = {
    summary: "Show what going back to a version would change",
    params: versionParams,
    response: { 200: PlanBody, ...refusals },
  };
  app.post(
    "/programs/:name/versions/:version/plan",
    { schema, config: { rule: "programs:plan" } },
    async ({ params, caller }) => {
      const { projectId, userId } = caller;
      return toPlanBody(await planVersion(context.pool, { projectId, userId, ...params }), []);
    },
  );
}

/**
 * `POST /v1/programs/{name}/versions/{version}/apply` with `{}` or the `reads` of a plan. 202 as `POST /v1/programs`:
 * the very plan of that version becomes current again, as a new version. 409 when what the plan was made from has moved.
 */
export function applyProgramVersion(app: Api, context: ApiContext): void {
  const schema = {
    summary: "Go back to a version of a program",
    params: versionParams,
    body: Type.Object({ reads: Type.Optional(PlanReadsBody) }, { additionalProperties: false }),
    response: { 202: AppliedBody, ...refusals },
  };
  app.post(
    "/programs/:name/versions/:version/apply",
    { schema, config: { rule: "programs:apply" } },
    async ({ params, body, caller }, reply) => {
      const { projectId, userId } = caller;
      const reads = body.reads as PlanReads | undefined; // the schema has checked it; facts are JSON
      const applied = await applyVersion(context.pool, { projectId, userId, ...params, reads });
      return reply.code(202).send(toAppliedBody(applied, context, []));
    },
  );
}

async function findVersion(
  { pool }: ApiContext,
  { projectId }: Caller,
  q: { readonly name: string; readonly version: number },
) {
  const row = await findProgramVersion(pool, { projectId, ...q });
  const plan = row === null ? null : await findPlan(pool, { projectId, hash: row.plan_hash });
  if (row === null || plan === null) throw notFound("version", `${q.name}@${q.version}`);
  return { row, plan };
}
