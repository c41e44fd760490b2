import type pg from "pg";
import type { SourceText } from "../../grammar/compile-library.ts";
import type { Diagnostic } from "../../grammar/diagnostics/diagnostic.ts";
import { loadClustersToApply } from "../store/apply-clusters.ts";
import { findPlan } from "../store/find-plan.ts";
import { countNodesByCluster } from "../store/list-nodes.ts";
import { inSnapshot } from "../store/pool.ts";
import { findProgram } from "../store/programs.ts";
import { compileRequest, type ProgramRequest } from "./compile-request.ts";
import { type Impact, impactOf } from "./impact.ts";

export type ProgramImpact =
  | {
      readonly ok: true;
      readonly impacts: readonly Impact[];
      /** How many nodes each cluster that is there has now. */
      readonly nodes: Readonly<Record<string, number>>;
      readonly diagnostics: readonly Diagnostic[];
      readonly files: readonly SourceText[];
    }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      readonly files: readonly SourceText[];
    };

/** What a program's changes would affect, compared with what is applied. */
export async function impactProgram(pool: pg.Pool, request: ProgramRequest): Promise<ProgramImpact> {
  const { plan, diagnostics, files } = await compileRequest(pool, request);
  if (plan === null) return { ok: false, diagnostics, files };
  const { projectId } = request;
  return await inSnapshot(pool, async (db) => {
    const current = await findProgram(db, { projectId, name: plan.program });
    const before = current === null ? null : await findPlan(db, { projectId, hash: current.plan_hash });
    const impacts = impactOf({ before, after: plan, textsBefore: current, textsAfter: request });
    const names = Object.keys(plan.clusters);
    const there = await loadClustersToApply(db, { projectId, program: plan.program, names, lock: false });
    const clusterIds = there.map((each) => each.cluster.id);
    const counts = await countNodesByCluster(db, { projectId, clusterIds });
    const nodes = there.map(({ cluster }) => [cluster.name, counts.get(cluster.id) ?? 0] as const);
    return { ok: true, impacts, nodes: Object.fromEntries(nodes), diagnostics, files };
  });
}
