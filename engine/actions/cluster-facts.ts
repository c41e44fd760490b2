import type { Json, Plan, PlanBinding } from "../../grammar/plan.ts";
import type { ClusterRow } from "../store/rows.ts";
import { describeEnforcement } from "./policy-voices.ts";

/** What a program says of a cluster, as people are told: attribute by attribute. */
export function clusterFacts(
  plan: Plan,
  size: number,
  minimum: number,
  maximum: number,
  rest: Pick<ClusterRow, "metadata"> & {
    readonly overrides?: Readonly<Record<string, string>>;
    readonly policies: readonly Pick<PlanBinding, "policy" | "arguments" | "enforce">[];
  },
): Record<string, Json> {
  return {
    size,
    range: range(minimum, maximum),
    ...(Object.keys(rest.metadata).length > 0 && { labels: rest.metadata }),
    ...(Object.keys(rest.overrides ?? {}).length > 0 && { actions: { ...rest.overrides } }),
    ...(rest.policies.length > 0 && { policies: rest.policies.map((each) => describeBinding(plan, each)) }),
  };
}

/** `2..10`, `from 2` */
export function range(minimum: number, maximum: number): string {
  return maximum < 0 ? `from ${minimum}` : `${minimum}..${maximum}`;
}

/** `careful(least: 60%) enforce warn`, as a program says it. */
function describeBinding(plan: Plan, binding: Pick<PlanBinding, "policy" | "arguments" | "enforce">): string {
  const types = new Map(plan.policies[binding.policy]?.parameters.map((each) => [each.name, each.type]));
  const given = Object.entries(binding.arguments).map(([name, value]) => {
    const percent = types.get(name) === "Percent" && typeof value === "number" ? "%" : "";
    return `${name}: ${JSON.stringify(value)}${percent}`;
  });
  const enforce = describeEnforcement(binding.enforce ?? { level: "deny" });
  const suffix = enforce === "deny" ? "" : ` enforce ${enforce}`;
  return `${binding.policy}${given.length === 0 ? "" : `(${given.join(", ")})`}${suffix}`;
}
