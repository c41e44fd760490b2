import type { Json, PrimitiveStep, Value } from "../../grammar/plan.ts";
import { nodeIdOf } from "../../grammar/references.ts";
import type { RecordChange, RecordsChanged } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { expectFits } from "../payload-size.ts";
import type { Binding, Frame, Run } from "../run.ts";
import { asRunFailure } from "../run-failure.ts";
import { attach, detach } from "./policies.ts";

type Values = Readonly<Record<string, Value>>;

/** The change of records that a step asks for; `undefined` for one that does more than that. */
export function changeOf(
  frame: Frame,
  step: PrimitiveStep,
  clusterId: string,
  values: Values,
): RecordChange | undefined {
  const { node, nodes, policy: policyId, enabled } = values;
  switch (step.primitive) {
    case "change_cluster":
      return { kind: "change_cluster", clusterId, fields: given(values) };
    case "change_node": {
      const { node: _, ...fields } = values;
      return { kind: "change_node", nodeId: nodeIdOf(node ?? null) ?? "", fields: given(fields) };
    }
    case "join_nodes":
    case "leave_nodes":
      return { kind: step.primitive, clusterId, nodeIds: idsIn(nodes) };
    case "switch_nodes": {
      const { incoming, outgoing } = values;
      return { kind: step.primitive, clusterId, incoming: idsIn(incoming), outgoing: idsIn(outgoing) };
    }
    case "attach_policy":
      return {
        kind: "attach_policy",
        clusterId,
        policyId: String(policyId),
        enabled: enabled !== false,
      };
    case "detach_policy":
      return { kind: "detach_policy", clusterId, policyId: String(policyId) };
    case "enable_policy": {
      const wanted = typeof enabled === "boolean" ? enabled : null;
      return { kind: "enable_policy", clusterId, policyId: String(policyId), enabled: wanted };
    }
    case "keep_binding": {
      const { hook } = frame;
      const bindingId = hook?.binding ?? "";
      return {
        kind: "keep_binding",
        clusterId: hook?.clusterId ?? "",
        bindingId,
        ...("data" in values && { data: values["data"] as Json }),
        now: values["now"] === true,
      };
    }
    default:
      return undefined;
  }
}

/** Makes a change, together with those of lanes that stand at the same step, and shows the run what came of it. */
export async function changeRecords(
  run: Run,
  frame: Frame,
  step: PrimitiveStep,
  change: RecordChange,
): Promise<void> {
  expectFits("the change", change);
  if (change.kind === "detach_policy") await beforeDetaching(run, frame, change);
  const changed = await run.lanes.submit<Item, RecordsChanged>({
    kind: "records",
    key: JSON.stringify(["change", step.id, frame.hook?.hook ?? ""]),
    request: { change, position: frame.position },
    batchSize: () => changesAtOnce,
    run: async (items) => {
      const callId = callIdOf(step, items[0]?.position ?? frame.position);
      const done = await run.effects.records.changeRecords({
        actionId: run.start.action.id,
        callId,
        changes: items.map((item) => item.change),
      });
      show(run, done);
      return items.map(() => done);
    },
  });
  await afterwards(run, frame, step, change, changed);
}

interface Item {
  readonly change: RecordChange;
  readonly position: string;
}

const changesAtOnce = 500;

function show(run: Run, changed: RecordsChanged): void {
  for (const [id, properties] of Object.entries(changed.profiles ?? {})) run.world.addProfile(id, properties);
  for (const cluster of changed.clusters ?? []) run.world.changeCluster(cluster);
  run.world.addNodes(changed.nodes ?? []);
}

/** What a change means for the policies that the run asks. */
async function afterwards(
  run: Run,
  frame: Frame,
  step: PrimitiveStep,
  change: RecordChange,
  changed: RecordsChanged,
): Promise<void> {
  switch (change.kind) {
    case "attach_policy": {
      const { attached } = changed;
      if (attached === undefined) return;
      setBindings(run, change.clusterId, (all) => [...all, attached]);
      try {
        await attach(run, frame, change.clusterId, attached);
      } catch (thrown) {
        const failure = asRunFailure(thrown, step.at);
        const { clusterId, policyId } = change;
        const callId = `${callIdOf(step, frame.position)}-undo`;
        await run.record(callId, () =>
          run.effects.records.changeRecords({
            actionId: run.start.action.id,
            callId,
            changes: [{ kind: "detach_policy", clusterId, policyId }],
          }),
        );
        throw failure;
      }
      return;
    }
    case "switch_nodes":
      for (const id of change.incoming) run.world.changeNode(id, { standby: false });
      for (const id of change.outgoing) run.world.changeNode(id, { standby: true });
      return;
    case "detach_policy":
      setBindings(run, change.clusterId, (all) => all.filter((one) => one.policyId !== change.policyId));
      return;
    case "enable_policy": {
      const { enabled } = change;
      if (enabled === null) return;
      setBindings(run, change.clusterId, (all) =>
        all.map((one) => (one.policyId === change.policyId ? { ...one, enabled } : one)),
      );
      return;
    }
    case "keep_binding": {
      const kept = {
        ...(change.data !== undefined && { data: change.data }),
        ...(changed.lastOp !== undefined && { last_op: changed.lastOp }),
      };
      setBindings(run, change.clusterId, (all) =>
        all.map((one) => (one.id === change.bindingId ? { ...one, ...kept } : one)),
      );
      return;
    }
    default:
      return;
  }
}

/** A policy lets go of the cluster before it is detached; a failure there leaves it attached. */
async function beforeDetaching(
  run: Run,
  frame: Frame,
  { clusterId, policyId }: Extract<RecordChange, { kind: "detach_policy" }>,
): Promise<void> {
  const binding = run.bindings.get(clusterId)?.find((one) => one.policyId === policyId);
  if (binding !== undefined) await detach(run, frame, clusterId, binding);
}

function setBindings(
  run: Run,
  clusterId: string,
  change: (all: readonly Binding[]) => readonly Binding[],
): void {
  run.bindings.set(clusterId, change(run.bindings.get(clusterId) ?? []));
}

/** Fields that were given. */
function given(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function idsIn(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item: Value) => nodeIdOf(item) ?? []) : [];
}
