import { affinity } from "./policy-types/affinity.ts";
import { batch } from "./policy-types/batch.ts";
import { deletion } from "./policy-types/deletion.ts";
import { disruptionBudget } from "./policy-types/disruption-budget.ts";
import { health } from "./policy-types/health.ts";
import { loadbalance } from "./policy-types/loadbalance.ts";
import { maxLifetime } from "./policy-types/max-lifetime.ts";
import { pace } from "./policy-types/pace.ts";
import { regionPlacement } from "./policy-types/region-placement.ts";
import { scaling } from "./policy-types/scaling.ts";
import { standbyPool } from "./policy-types/standby-pool.ts";
import { zonePlacement } from "./policy-types/zone-placement.ts";
import { type SpecType, specName } from "./spec-type.ts";

/** Senlin's policy types by public name (`senlin.policy.deletion-1.1`); all versions of a type have one schema. */
export const policyTypes: ReadonlyMap<string, SpecType> = byPublicName([
  affinity,
  batch,
  deletion,
  health,
  loadbalance,
  regionPlacement,
  scaling,
  zonePlacement,
]);

/** Those that Senlin lacks, which are shown from 1.15 on. */
export const ownPolicyTypes: ReadonlyMap<string, SpecType> = byPublicName([
  disruptionBudget,
  maxLifetime,
  pace,
  standbyPool,
]);

function byPublicName(types: readonly SpecType[]): ReadonlyMap<string, SpecType> {
  return new Map(
    types.flatMap((type) => type.versions.map((version) => [specName(type.type, version), type] as const)),
  );
}
