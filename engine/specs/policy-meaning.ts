import type { Json } from "../../grammar/plan.ts";
import { budgetArguments } from "./policy-types/disruption-budget.ts";
import { pythonText } from "./python-text.ts";

type Properties = Readonly<Record<string, Json>>;

/** What a policy's meaning depends on beside its spec. */
export interface PolicyLimits {
  /** Seconds: the shortest pause between two looks at a cluster's health. */
  readonly healthCheckIntervalMin: number;
}

/**
 * What is wrong with properties that have the right types, in Senlin's words where it has some (senlin: policies/*.py,
 * validate); `null` when they make sense. What Senlin trips over (a missing adjustment, pool or list) is said clearly.
 */
export function policyProblem(type: string, properties: Properties, limits: PolicyLimits): string | null {
  switch (type) {
    case "senlin.policy.scaling":
      return scalingProblem(properties);
    case "senlin.policy.health":
      return healthProblem(properties, limits);
    case "senlin.policy.loadbalance":
      return loadBalanceProblem(properties);
    case "senlin.policy.region_placement":
      return listProblem(properties, "regions");
    case "senlin.policy.zone_placement":
      return listProblem(properties, "zones");
    case "coppice.policy.disruption_budget": {
      const given = budgetArguments(properties);
      return typeof given === "string" ? given : null;
    }
    default:
      return null;
  }
}

/** What the library's policy is given for properties that make sense: the same, unless its parameters are other ones. */
export function policyArguments(type: string, properties: Properties): Properties {
  if (type !== "coppice.policy.disruption_budget") return properties;
  const given = budgetArguments(properties);
  return typeof given === "string" ? properties : given;
}

/** What Senlin counts among the faults of a spec's form, although its types allow it. */
export function policyFormProblem(type: string, properties: Properties): string | null {
  if (type !== "senlin.policy.health") return null;
  const actions = listOf(mapOf(properties["recovery"])?.["actions"]) ?? [];
  return actions.length > 1 ? "Only one 'actions' is supported for now." : null;
}

/** The queue that is told before nodes go, by a deletion policy's spec; `null` for none. */
export function hookQueue(spec: Properties): string | null {
  const hooks = mapOf(mapOf(spec["properties"])?.["hooks"]);
  const queue = mapOf(hooks?.["params"])?.["queue"];
  return typeof queue === "string" && queue !== "" ? queue : null;
}

function scalingProblem(properties: Properties): string | null {
  const adjustment = mapOf(properties["adjustment"]);
  if (adjustment === null) return "Required spec item 'adjustment' not provided";
  const { number, min_step: minStep, cooldown } = adjustment;
  if (typeof number === "number" && number <= 0) return "the 'number' for 'adjustment' must be > 0";
  if (typeof minStep === "number" && minStep < 0) return "the 'min_step' for 'adjustment' must be >= 0";
  if (typeof cooldown === "number" && cooldown < 0) return "the 'cooldown' for 'adjustment' must be >= 0";
  return null;
}

function healthProblem(properties: Properties, limits: PolicyLimits): string | null {
  const detection = mapOf(properties["detection"]) ?? {};
  const { interval } = detection;
  if (typeof interval === "number" && interval < limits.healthCheckIntervalMin) {
    return `Specified interval of ${interval} seconds has to be larger than health_check_interval_min of ${limits.healthCheckIntervalMin} seconds set in configuration.`;
  }
  const modes = listOf(detection["detection_modes"]);
  if (modes === null || modes.length === 0) return "Required spec item 'detection_modes' not provided";
  const types = modes.map((mode) => pythonText(mapOf(mode)?.["type"] ?? null));
  const listed = types.join(", ");
  const seen = new Set(modes.map((mode) => JSON.stringify(mode)));
  if (seen.size < modes.length || new Set(types).size < types.length)
    return `Duplicate detection modes are not allowed in health policy: ${listed}`;
  if (types.includes("LIFECYCLE_EVENTS") && types.length > 1)
    return `Invalid detection modes in health policy: ${listed}`;
  return null;
}

function loadBalanceProblem(properties: Properties): string | null {
  if (mapOf(properties["pool"]) === null) return "Required spec item 'pool' not provided";
  const vip = mapOf(properties["vip"]);
  if (vip === null) return "Required spec item 'vip' not provided";
  const given = (name: string) => vip[name] !== undefined && vip[name] !== null;
  if (!given("subnet") && !given("network")) return "At least one of VIP Subnet or Network must be defined.";
  return null;
}

function listProblem(properties: Properties, name: string): string | null {
  const list = listOf(properties[name]);
  return list === null || list.length === 0 ? `Required spec item '${name}' not provided` : null;
}

function mapOf(value: Json | undefined): Properties | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Properties) : null;
}

function listOf(value: Json | undefined): readonly Json[] | null {
  return Array.isArray(value) ? (value as readonly Json[]) : null;
}
