import { affinity } from "./policy-types/affinity.ts";
import { batch } from "./policy-types/batch.ts";
import { deletion } from "./policy-types/deletion.ts";
import { health } from "./policy-types/health.ts";
import { loadbalance } from "./policy-types/loadbalance.ts";
import { regionPlacement } from "./policy-types/region-placement.ts";
import { scaling } from "./policy-types/scaling.ts";
import { zonePlacement } from "./policy-types/zone-placement.ts";
import { type SpecType, specName } from "./spec-type.ts";

/** Senlin's policy types by public name (`senlin.policy.deletion-1.1`); all versions of a type have one schema. */
export const policyTypes: ReadonlyMap<string, SpecType> = new Map(
  [affinity, batch, deletion, health, loadbalance, regionPlacement, scaling, zonePlacement].flatMap((type) =>
    type.versions.map((version) => [specName(type.type, version), type] as const),
  ),
);
