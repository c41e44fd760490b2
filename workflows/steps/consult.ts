import type { ConsultStep } from "../../grammar/plan.ts";
import type { PolicyAnswer } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { type Frame, type HookFrame, placeOf, type Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { isAttached } from "./attachments.ts";
import { consultPlugin } from "./consult-plugin.ts";
import { batch, choose, type Deciding, deny, keepDecision, limit, place } from "./decisions.ts";
import { leavingNodes } from "./requests.ts";

/** Asks a policy type that a plugin provides, and does what it decides as if the language had said it. */
export async function consult(run: Run, frame: Frame, step: ConsultStep): Promise<void> {
  const { hook } = frame;
  if (hook === null) return; // the compiler puts these steps into hooks only
  const q: Deciding = { run, hook, at: step.at };
  const type = run.plan.policies[hook.policy]?.type;
  const { clusterId, policy } = hook;
  if (type?.attaches === true && !isAttached(run, clusterId, { policy, arguments: hook.given })) {
    keepDecision(q, "skipped", "it isn't attached");
    return;
  }
  const answer = await ask(run, frame, step, hook);
  if (answer === null) return;
  const { warn, place: placed, ...decisive } = answer;
  if (warn !== undefined) keepDecision(q, "warned", warn);
  if (hook.phase === "after") {
    const late = [...Object.keys(decisive), ...(placed === undefined ? [] : ["place"])];
    if (late.length === 0) return;
    const message = `bug in plugin "${step.plugin}": policy type ${step.policy} decides ${late.join(", ")} after ${hook.action}, when it is done`;
    throw new RunFailure({ code: "plugin-bug", message, help: "tell the plugin's author", at: step.at });
  }
  if (answer.deny !== undefined) deny(q, answer.deny);
  if (answer.limit !== undefined) limit(q, answer.limit);
  if (answer.choose !== undefined) choose(q, among(q, step, answer.choose));
  for (const [property, { across, weights }] of Object.entries(placed ?? {}))
    place(q, { property, key: null }, across, weights ?? {}, {});
  if (answer.batch !== undefined) {
    const { pause = 0, ...bounds } = answer.batch;
    batch(q, { ...bounds, pauseMs: pause });
  }
}

/** `null`: it could not be asked, and a policy that only warns stops nothing. */
async function ask(run: Run, frame: Frame, step: ConsultStep, hook: HookFrame): Promise<PolicyAnswer | null> {
  const { request, clusterId } = hook;
  const outcome = await consultPlugin(run, frame, {
    callId: callIdOf(step, frame.position),
    place: placeOf(run, step),
    operation: "decide",
    plugin: step.plugin,
    policy: step.policy,
    clusterId,
    arguments: hook.given,
    phase: hook.phase === "after" ? "after" : "before",
    request: {
      ...request,
      nodes: hook.phase === "before" ? leavingNodes(run, clusterId, hook.arguments, request) : [],
    },
  });
  if (outcome.ok) return outcome.answer;
  const { failure } = outcome;
  const message = `policy "${hook.policy}" can't be asked about ${hook.action}: ${failure.message}`;
  if (hook.enforce.level !== "warn" || failure.code === "cancelled")
    throw new RunFailure({ ...failure, message, at: step.at });
  keepDecision({ run, hook, at: step.at }, "warned", message);
  return null;
}

/** Nodes that aren't there would hide those that are. */
function among({ run, hook }: Deciding, step: ConsultStep, nodeIds: readonly string[]): readonly string[] {
  const strange = nodeIds.find((id) => run.world.node(id)?.clusterId !== hook.clusterId);
  if (strange === undefined) return nodeIds;
  const message = `bug in plugin "${step.plugin}": policy type ${step.policy} chooses "${strange}", which is no node of the cluster`;
  throw new RunFailure({ code: "plugin-bug", message, help: "tell the plugin's author", at: step.at });
}
