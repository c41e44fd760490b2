import type pg from "pg";
import type { SourceText } from "../../grammar/compile-library.ts";
import type { Diagnostic } from "../../grammar/diagnostics/diagnostic.ts";
import type { Plan } from "../../grammar/plan.ts";
import { currentConfig } from "../config/current-config.ts";
import { readSecretRules } from "../host/secrets/secret-rules.ts";
import {
  insertCluster,
  insertProfile,
  loadClustersToApply,
  updateClusterSpec,
} from "../store/apply-clusters.ts";
import { applyBindings, applyPolicies, deleteDroppedPolicies } from "../store/apply-policies.ts";
import { findPlan, insertPlan } from "../store/find-plan.ts";
import { listWaiting } from "../store/list-waiting.ts";
import { loadNodesToPlan } from "../store/load-nodes-to-plan.ts";
import { newId } from "../store/new-id.ts";
import { inSnapshot, inTransaction, type Queryable } from "../store/pool.ts";
import {
  findProgram,
  findProgramVersion,
  insertProgram,
  lockProgram,
  type ProgramRow,
} from "../store/programs.ts";
import type { ActionRow } from "../store/rows.ts";
import { deleteSharesOf } from "../store/shares.ts";
import { applyTriggers } from "./apply-triggers.ts";
import { compileRequest, loadSchemas, type ProgramRequest } from "./compile-request.ts";
import type { Change } from "./diff-plans.ts";
import {
  type ClusterStep,
  diffProgram,
  type PlannedAction,
  type ProgramDiff,
  type Reality,
} from "./diff-program.ts";
import { expectUpkeepAble } from "./expect-able.ts";
import { expectSecretsAllowed } from "./expect-secrets.ts";
import { movedSince, type PlanReads, readsOf } from "./plan-reads.ts";
import { profileSpecOf, specTypeOf } from "./profile-spec.ts";
import { expectRoomForClusters } from "./quotas.ts";
import { Refusal } from "./refusal.ts";
import { submitInTransaction } from "./submit-action.ts";

export type { ProgramRequest } from "./compile-request.ts";

/** What applying would do. */
export interface PlannedProgram {
  readonly plan: Plan;
  readonly changes: readonly Change[];
  /** What it would start, in this order. */
  readonly starts: readonly PlannedAction[];
  /** What it was made from: given back with the request to apply, nothing of it may have moved. */
  readonly reads: PlanReads;
}

export interface AppliedProgram {
  readonly program: Pick<ProgramRow, "name" | "version" | "plan_hash">;
  readonly changes: readonly Change[];
  readonly actions: readonly ActionRow[];
}

type Compiled<Result> = ({ readonly ok: true } & Said & Result) | ({ readonly ok: false } & Said);

/** What the compiler said, and of which files. */
interface Said {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly SourceText[];
}

export type Planned = Compiled<PlannedProgram>;
export type Applied = Compiled<AppliedProgram>;

/** A plan that is to become a program's current one, with the text that it came from. */
interface Candidate extends Pick<ProgramRow, "path" | "text" | "imports" | "parameters" | "restores"> {
  readonly projectId: string;
  readonly userId: string;
  readonly plan: Plan;
}

/** What `applyProgram` would do, without doing it. */
export async function planProgram(pool: pg.Pool, request: ProgramRequest): Promise<Planned> {
  const { plan, diagnostics, files } = await compileRequest(pool, request);
  if (plan === null) return { ok: false, diagnostics, files };
  return {
    ok: true,
    diagnostics,
    files,
    ...(await planCandidate(pool, { ...request, plan, restores: null })),
  };
}

/**
 * Makes a program the current one, in one transaction: plan, version, profiles, clusters, and the actions that bring
 * nodes there. With a mistake anywhere nothing of it is kept. The same text again changes nothing. With `reads` it is
 * refused when something has moved since that plan was made.
 */
export async function applyProgram(
  pool: pg.Pool,
  request: ProgramRequest & { readonly reads?: PlanReads | undefined },
): Promise<Applied> {
  const { plan, diagnostics, files } = await compileRequest(pool, request);
  if (plan === null) return { ok: false, diagnostics, files };
  const candidate = { ...request, plan, restores: null };
  return { ok: true, diagnostics, files, ...(await applyCandidate(pool, candidate, request.reads)) };
}

/** Which version of which program a caller means. */
export interface VersionRequest {
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly version: number;
}

/** What `applyVersion` would do, without doing it. */
export async function planVersion(pool: pg.Pool, q: VersionRequest): Promise<PlannedProgram> {
  return await planCandidate(pool, await olderVersion(pool, q));
}

/** Makes an older version current again, as a new version with the very plan that was applied then. */
export async function applyVersion(
  pool: pg.Pool,
  q: VersionRequest & { readonly reads?: PlanReads | undefined },
): Promise<AppliedProgram> {
  return await applyCandidate(pool, await olderVersion(pool, q), q.reads);
}

async function olderVersion(pool: pg.Pool, q: VersionRequest): Promise<Candidate> {
  const { projectId, userId } = q;
  const row = await findProgramVersion(pool, q);
  const plan = row === null ? null : await findPlan(pool, { projectId, hash: row.plan_hash });
  if (row === null || plan === null) {
    throw new Refusal(
      "not-found",
      "version-not-found",
      `program "${q.name}" has no version ${q.version}`,
      `list them with: coppice programs list ${q.name}`,
    );
  }
  const { path, text, imports, parameters } = row;
  return { projectId, userId, plan, path, text, imports, parameters, restores: row.version };
}

async function planCandidate(pool: pg.Pool, candidate: Candidate): Promise<PlannedProgram> {
  expectSecretsAllowed(candidate.plan, readSecretRules(currentConfig()));
  return await inSnapshot(pool, async (db) => {
    const { diff, reads } = await compare(db, candidate, false);
    const starts = diff.clusters.flatMap((step) => step.starts);
    return { plan: candidate.plan, changes: diff.changes, starts, reads };
  });
}

async function applyCandidate(
  pool: pg.Pool,
  candidate: Candidate,
  expected: PlanReads | undefined,
): Promise<AppliedProgram> {
  const { projectId, plan } = candidate;
  expectSecretsAllowed(plan, readSecretRules(currentConfig()));
  return await inTransaction(pool, async (db) => {
    await lockProgram(db, { projectId, name: plan.program });
    const { diff, current, reads } = await compare(db, candidate, true);
    if (expected !== undefined) expectUnmoved(expected, reads);
    await insertPlan(db, { projectId, plan });
    const version = await keepVersion(db, candidate, current);
    const actions: ActionRow[] = [];
    const policies = declaredPolicies(plan);
    await applyPolicies(db, { projectId, userId: candidate.userId, program: plan.program, policies });
    const more = diff.clusters.filter(({ row }) => row === null).length;
    await expectRoomForClusters(db, { projectId, userId: candidate.userId, more });
    for (const step of diff.clusters) actions.push(...(await applyCluster(db, candidate, step)));
    const names = policies.map((policy) => policy.name);
    const dropped = await deleteDroppedPolicies(db, { projectId, program: plan.program, names });
    await deleteSharesOf(db, { objectIds: dropped });
    await applyTriggers(db, candidate);
    const program = { name: plan.program, version, plan_hash: plan.hash };
    return { program, changes: diff.changes, actions };
  });
}

function expectUnmoved(expected: PlanReads, reads: PlanReads): void {
  const moved = movedSince(expected, reads);
  if (moved.length === 0) return;
  throw new Refusal(
    "conflict",
    "plan-moved",
    "what the plan was made from has moved since; nothing was changed",
    "plan again, and look at what it says now",
    moved,
  );
}

async function compare(
  db: Queryable,
  { projectId, plan }: Candidate,
  lock: boolean,
): Promise<{ diff: ProgramDiff; current: ProgramRow | null; reads: PlanReads }> {
  const current = await findProgram(db, { projectId, name: plan.program });
  const before = current === null ? null : await findPlan(db, { projectId, hash: current.plan_hash });
  const names = Object.keys(plan.clusters);
  const clusters = await loadClustersToApply(db, { projectId, program: plan.program, names, lock });
  const clusterIds = clusters.map((each) => each.cluster.id);
  const nodes = await loadNodesToPlan(db, { projectId, clusterIds });
  const waiting = await listWaiting(db, { projectId, clusterIds });
  const hashes = [
    ...clusters.map((each) => each.profile.plugin_hash),
    ...Object.keys(plan.profiles).map((name) => profileSpecOf(plan, name).plugin_hash),
  ];
  const schemas = await loadSchemas(db, [...new Set(hashes)]);
  const there: Reality = {
    clusters,
    nodes: nodes.filter((node) => !node.standby),
    propertiesOf: (hash, type) => schemas.get(hash)?.profiles[type]?.properties ?? null,
  };
  const diff = diffProgram({ before, after: plan, there });
  return { diff, current, reads: readsOf({ plan, current, diff, there, waiting }) };
}

/** Adds a version unless the current one has this very plan; returns the current version's number. */
async function keepVersion(db: Queryable, q: Candidate, current: ProgramRow | null): Promise<number> {
  if (current?.plan_hash === q.plan.hash) return current.version;
  const version = (current?.version ?? 0) + 1;
  await insertProgram(db, {
    project_id: q.projectId,
    name: q.plan.program,
    version,
    plan_hash: q.plan.hash,
    applied_by: q.userId,
    path: q.path,
    text: q.text,
    imports: q.imports,
    parameters: q.parameters,
    restores: q.restores,
  });
  return version;
}

/** The policies that the program itself declares, and those of the library that its clusters list. */
function declaredPolicies(plan: Plan) {
  const listed = new Set(
    Object.values(plan.clusters).flatMap((cluster) => cluster.policies.map((binding) => binding.policy)),
  );
  const own = Object.entries(plan.policies).filter(
    ([name, policy]) => policy.builtin !== true || listed.has(name),
  );
  return own.map(([name, policy]) => {
    const defaults = policy.parameters.flatMap((parameter) =>
      parameter.default === undefined ? [] : [[parameter.name, parameter.default] as const],
    );
    return { name, properties: Object.fromEntries(defaults) };
  });
}

async function applyCluster(db: pg.PoolClient, q: Candidate, step: ClusterStep): Promise<ActionRow[]> {
  const { projectId, plan } = q;
  const { row, spec } = step;
  let profileId = row?.profile_id;
  if (profileId === undefined || step.profileChanged) {
    profileId = newId();
    const { userId } = q;
    await insertProfile(db, {
      id: profileId,
      project_id: projectId,
      userId,
      ...step.profile,
      spec_type: specTypeOf(plan, spec.profile),
      secrets: plan.secrets,
    });
  }
  const cluster = {
    id: row?.id ?? newId(),
    projectId,
    userId: q.userId,
    name: step.name,
    program: plan.program,
    planHash: plan.hash,
    profileId,
    minimum: spec.minimum,
    maximum: spec.maximum,
    size: spec.size,
    labels: spec.labels,
    overrides: spec.overrides ?? {},
  };
  await (row === null ? insertCluster : updateClusterSpec)(db, cluster);
  const policies = spec.policies.map(({ policy, arguments: given, enforce }) => {
    return { policy, arguments: given, enforce };
  });
  await applyBindings(db, { projectId, program: plan.program, clusterId: cluster.id, policies });
  for (const { policy: definition, arguments: given } of policies) {
    if (plan.policies[definition]?.builtin !== true) continue;
    await expectUpkeepAble(db, { definition, arguments: given, clusterId: cluster.id });
  }
  const actions: ActionRow[] = [];
  for (const { action, inputs } of step.starts) {
    actions.push(
      await submitInTransaction(db, {
        projectId,
        program: plan.program,
        plan,
        action,
        inputs: { cluster: cluster.id, ...inputs },
        requestedBy: q.userId,
        cause: "Program Apply",
      }),
    );
  }
  return actions;
}
