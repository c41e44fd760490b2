import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Value } from "../../grammar/plan.ts";
import type { Attachment } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import type { Frame, Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { consultPlugin } from "./consult-plugin.ts";

/** A policy with its arguments: listed again with others, it is another one. */
interface Bound {
  readonly policy: string;
  readonly arguments: Readonly<Record<string, Value>>;
}

/**
 * Brings what is attached to the clusters of a run in line with what they list: policy types that are new are
 * attached, those that are gone are detached. What can't be detached now is told, and tried again by the next run.
 */
export async function settleAttachments(run: Run, frame: Frame): Promise<void> {
  for (const [clusterId, bindings] of run.bindings) {
    const wanted = bindings.filter(({ policy }) => run.plan.policies[policy]?.type?.attaches === true);
    for (const attached of attachedTo(run, clusterId).filter(
      (one) => !wanted.some((each) => same(each, one)),
    )) {
      const failure = await detach(run, frame, clusterId, attached);
      if (failure !== null) keep(run, clusterId, attached, frame, "warned", failure);
    }
    if (run.start.action.name === "CLUSTER_DELETE") continue;
    for (const binding of wanted) {
      if (isAttached(run, clusterId, binding) || binding.enabled === false) continue; // one that is disabled stays as it is
      const failure = await attach(run, frame, clusterId, binding);
      if (failure === null) continue;
      if (binding.enforce?.level !== "warn")
        throw new RunFailure({ code: "not-attached", message: failure, at: frame.at });
      keep(run, clusterId, binding, frame, "warned", failure);
    }
  }
}

/** Before a cluster goes for good: whatever a policy type made for it goes first, or the cluster stays. */
export async function detachAll(run: Run, frame: Frame, clusterId: string): Promise<void> {
  for (const attached of attachedTo(run, clusterId)) {
    const failure = await detach(run, frame, clusterId, attached);
    if (failure !== null) throw new RunFailure({ code: "not-detached", message: failure, at: frame.at });
  }
}

export function isAttached(run: Run, clusterId: string, bound: Bound): boolean {
  return attachedTo(run, clusterId).some((one) => same(one, bound));
}

function attachedTo(run: Run, clusterId: string): readonly Attachment[] {
  return run.attachments.get(clusterId) ?? [];
}

async function attach(run: Run, frame: Frame, clusterId: string, bound: Bound): Promise<string | null> {
  const failure = await tell(run, frame, clusterId, bound, "attach");
  if (failure !== null)
    return `policy "${bound.policy}" can't be attached to ${clusterName(run, clusterId)}: ${failure}`;
  const attached = { policy: bound.policy, arguments: bound.arguments };
  run.attachments.set(clusterId, [...attachedTo(run, clusterId), attached]);
  keep(run, clusterId, bound, frame, "attached", clusterName(run, clusterId));
  return null;
}

async function detach(run: Run, frame: Frame, clusterId: string, bound: Bound): Promise<string | null> {
  const failure = await tell(run, frame, clusterId, bound, "detach");
  if (failure !== null)
    return `policy "${bound.policy}" can't be detached from ${clusterName(run, clusterId)}: ${failure}`;
  run.attachments.set(
    clusterId,
    attachedTo(run, clusterId).filter((one) => !same(one, bound)),
  );
  keep(run, clusterId, bound, frame, "detached", clusterName(run, clusterId));
  return null;
}

async function tell(
  run: Run,
  frame: Frame,
  clusterId: string,
  bound: Bound,
  operation: "attach" | "detach",
): Promise<string | null> {
  const [plugin = "", policy = ""] = bound.policy.split(".");
  const way = `${frame.position}${clusterId}/${canonicalJson(bound.arguments)}`;
  const outcome = await consultPlugin(run, frame, {
    callId: callIdOf({ id: `${bound.policy}.${operation}` }, way),
    place: clusterName(run, clusterId),
    operation,
    plugin,
    policy,
    clusterId,
    arguments: bound.arguments,
    phase: null,
    request: null,
  });
  if (outcome.ok) return null;
  if (outcome.failure.code === "cancelled") throw new RunFailure({ ...outcome.failure, at: frame.at });
  return outcome.failure.message;
}

function keep(
  run: Run,
  clusterId: string,
  { policy }: Bound,
  { at }: Frame,
  decision: "attached" | "detached" | "warned",
  reason: string,
): void {
  const action = run.start.action.name;
  run.decisions.push({ policy, hook: `${policy}@${clusterId}`, action, decision, reason, at });
}

function clusterName(run: Run, clusterId: string): string {
  return run.world.cluster(clusterId)?.name ?? clusterId;
}

function same(a: Bound, b: Bound): boolean {
  return a.policy === b.policy && canonicalJson(a.arguments) === canonicalJson(b.arguments);
}
