import type pg from "pg";
import { compileProgram } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import type { Diagnostic } from "../../grammar/diagnostics/diagnostic.ts";
import type { Json, Plan } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import {
  insertCluster,
  insertProfile,
  loadClustersToApply,
  updateClusterSpec,
} from "../store/apply-clusters.ts";
import { findPlan, insertPlan } from "../store/find-plan.ts";
import { newId } from "../store/new-id.ts";
import { findPlugins } from "../store/plugins.ts";
import { inTransaction, type Queryable } from "../store/pool.ts";
import { findProgram, insertProgram, lockProgram, type ProgramRow } from "../store/programs.ts";
import type { ActionRow } from "../store/rows.ts";
import { type Change, type ClusterStep, diffProgram, type ProgramDiff } from "./diff-program.ts";
import { givenSources } from "./given-sources.ts";
import { importPath } from "./import-paths.ts";
import { readLibrary } from "./read-library.ts";
import { Refusal } from "./refusal.ts";
import { submitInTransaction } from "./submit-action.ts";

/** A program as its author sends it. */
export interface ProgramRequest {
  readonly projectId: string;
  readonly userId: string;
  /** Shown in messages; the file's name without `.coppice` is the program's name. */
  readonly path: string;
  readonly text: string;
  /** The files that it imports, and those that they import, by the path as messages name it. */
  readonly imports: readonly SourceText[];
  /** Values of its params, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Hashes of uploaded plugins, by the path as the program writes it; an imported file's as seen from the program. */
  readonly plugins: Readonly<Record<string, string>>;
}

export type Planned =
  | {
      readonly ok: true;
      readonly plan: Plan;
      readonly changes: readonly Change[];
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export type Applied =
  | {
      readonly ok: true;
      readonly program: Pick<ProgramRow, "name" | "version" | "plan_hash">;
      readonly changes: readonly Change[];
      readonly actions: readonly ActionRow[];
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** What `applyProgram` would do, without doing it. */
export async function planProgram(pool: pg.Pool, request: ProgramRequest): Promise<Planned> {
  const { plan, diagnostics } = await compile(pool, request);
  if (plan === null) return { ok: false, diagnostics };
  const { diff } = await compare(pool, request, plan, false);
  return { ok: true, plan, changes: diff.changes, diagnostics };
}

/**
 * Makes a program the current one, in one transaction: plan, version, profiles, clusters, and the actions that bring
 * nodes there. With a mistake anywhere nothing of it is kept. The same text again changes nothing.
 */
export async function applyProgram(pool: pg.Pool, request: ProgramRequest): Promise<Applied> {
  const { plan, diagnostics } = await compile(pool, request);
  if (plan === null) return { ok: false, diagnostics };
  return inTransaction(pool, async (db) => {
    const { projectId } = request;
    await lockProgram(db, { projectId, name: plan.program });
    const { diff, current } = await compare(db, request, plan, true);
    await insertPlan(db, { projectId, plan });
    const version = await keepVersion(db, request, plan, current);
    const actions: ActionRow[] = [];
    for (const step of diff.clusters) actions.push(...(await applyCluster(db, request, plan, step)));
    const program = { name: plan.program, version, plan_hash: plan.hash };
    return { ok: true, program, changes: diff.changes, actions, diagnostics };
  });
}

async function compile(
  db: Queryable,
  request: ProgramRequest,
): Promise<{ plan: Plan | null; diagnostics: readonly Diagnostic[] }> {
  if ([request, ...request.imports].some(({ text }) => text.includes("\u0000")))
    throw new Refusal("invalid", "bad-text", "the program holds a NUL character");
  const rows = await findPlugins(db, { hashes: Object.values(request.plugins) });
  const schemas = new Map(
    rows.map((row) => [row.hash, { ...(row.manifest as object), hash: row.hash } as PluginSchema]),
  ); // checked when it was uploaded
  const compiled = compileProgram({
    path: request.path,
    text: request.text,
    library: readLibrary(),
    parameters: request.parameters,
    sources: givenSources(request.imports),
    plugins(written, from) {
      const path = from === request.path ? written : importPath(from, written);
      const hash = Object.hasOwn(request.plugins, path) ? request.plugins[path] : undefined;
      if (hash === undefined)
        return {
          error: "the request names no plugin for this path",
          help: "upload it first: PUT /v1/plugins",
        };
      return (
        schemas.get(hash) ?? {
          error: `the server has no plugin ${hash}`,
          help: "upload it first: PUT /v1/plugins",
        }
      );
    },
  });
  if (compiled.plan !== null && !/^[\w][\w.-]{0,127}$/.test(compiled.plan.program)) {
    throw new Refusal(
      "invalid",
      "bad-program-name",
      `"${compiled.plan.program}" is not a program's name`,
      "name the file with letters, digits, - and _",
    );
  }
  return compiled;
}

async function compare(
  db: Queryable,
  request: ProgramRequest,
  plan: Plan,
  lock: boolean,
): Promise<{ diff: ProgramDiff; current: ProgramRow | null }> {
  const { projectId } = request;
  const current = await findProgram(db, { projectId, name: plan.program });
  const before = current === null ? null : await findPlan(db, { projectId, hash: current.plan_hash });
  const names = Object.keys(plan.clusters);
  const there = await loadClustersToApply(db, { projectId, program: plan.program, names, lock });
  return { diff: diffProgram({ before, after: plan, there }), current };
}

/** Adds a version unless the current one has this very plan; returns the current version's number. */
async function keepVersion(
  db: Queryable,
  request: ProgramRequest,
  plan: Plan,
  current: ProgramRow | null,
): Promise<number> {
  if (current?.plan_hash === plan.hash) return current.version;
  const version = (current?.version ?? 0) + 1;
  await insertProgram(db, {
    project_id: request.projectId,
    name: plan.program,
    version,
    plan_hash: plan.hash,
    applied_by: request.userId,
    path: request.path,
    text: request.text,
    imports: request.imports,
    parameters: request.parameters,
  });
  return version;
}

async function applyCluster(
  db: pg.PoolClient,
  request: ProgramRequest,
  plan: Plan,
  step: ClusterStep,
): Promise<ActionRow[]> {
  const { projectId } = request;
  const { row, spec } = step;
  let profileId = row?.profile_id;
  if (profileId === undefined || step.profileChanged) {
    profileId = newId();
    await insertProfile(db, { id: profileId, project_id: projectId, ...step.profile });
  }
  const cluster = {
    id: row?.id ?? newId(),
    projectId,
    name: step.name,
    program: plan.program,
    planHash: plan.hash,
    profileId,
    minimum: spec.minimum,
    maximum: spec.maximum,
    size: spec.size,
    labels: spec.labels,
    policies: spec.policies.map(({ policy, arguments: given }) => ({ policy, arguments: given })),
  };
  await (row === null ? insertCluster : updateClusterSpec)(db, cluster);
  const submit = (action: string, inputs: Record<string, Json>) =>
    submitInTransaction(db, {
      projectId,
      program: plan.program,
      plan,
      action,
      inputs: { cluster: cluster.id, ...inputs },
      requestedBy: request.userId,
      cause: "Program Apply",
    });
  if (row === null) return [await submit("CLUSTER_CREATE", {})];
  const actions: ActionRow[] = [];
  if (step.profileChanged) actions.push(await submit("CLUSTER_UPDATE", {}));
  if (step.recover) actions.push(await submit("CLUSTER_RECOVER", {}));
  if (step.resizeTo !== null) actions.push(await submit("CLUSTER_RESIZE", { size: step.resizeTo }));
  return actions;
}
