import type { Enforcement, Plan, PlanBinding, PlanHook, Step } from "../../grammar/plan.ts";
import { isHooked, visitSteps } from "../../grammar/plan-steps.ts";

/** A policy that will have a say in an action: what it may do there, and where that is written. */
export interface PolicyVoice {
  readonly policy: string;
  readonly phase: PlanHook["phase"];
  /** `deny`, `limit`, `choose`, `place`, `batch`, `approve`, `warn`, in the order of the text. */
  readonly may: readonly string[];
  /** `deny`, `warn`, or `deny unless admin`. */
  readonly enforce: string;
  /** Whether it has a say only when a condition holds. */
  readonly conditional: boolean;
  /** `storefront.coppice:20` */
  readonly place: string;
}

/** The hooks of these bindings that belong to an action, in the order in which they will run. */
export function policyVoices(plan: Plan, bindings: readonly PlanBinding[], action: string): PolicyVoice[] {
  const hooks = bindings.flatMap((binding) =>
    (plan.policies[binding.policy]?.hooks ?? [])
      .filter((hook) => isHooked(hook, action))
      .map((hook) => ({ hook, binding })),
  );
  const phases = { before: 0, after: 1, ensure: 2, attach: 3, detach: 4 };
  hooks.sort((a, b) => phases[a.hook.phase] - phases[b.hook.phase] || a.hook.priority - b.hook.priority);
  return hooks.map(({ hook, binding }) => {
    return {
      policy: binding.policy,
      phase: hook.phase,
      may: whatItMayDo(hook),
      enforce: describeEnforcement(binding.enforce),
      conditional: hook.when !== null,
      place: `${plan.files[hook.at.file]?.path ?? ""}:${hook.at.line}`,
    };
  });
}

/** `deny unless admin` */
export function describeEnforcement(enforce: Enforcement): string {
  return enforce.level === "deny-unless" ? `deny unless ${enforce.role}` : enforce.level;
}

const telling: readonly Step["kind"][] = [
  "deny",
  "warn",
  "limit",
  "choose",
  "place",
  "batch",
  "approve",
  "consult",
];

function whatItMayDo(hook: PlanHook): string[] {
  const found = new Set<string>();
  visitSteps(hook.body, (step) => {
    if (telling.includes(step.kind)) found.add(step.kind);
  });
  return [...found];
}
