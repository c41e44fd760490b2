import type { Json, PrimitiveStep, Value } from "../../grammar/plan.ts";
import { clusterIdOf } from "../../grammar/references.ts";
import { argumentsOf, type Frame, type Run } from "../run.ts";
import { registerUndo } from "./call-options.ts";

/** A change to the engine's own records: rows of nodes, a cluster's size or profile. */
export async function primitive(run: Run, frame: Frame, step: PrimitiveStep): Promise<Value> {
  const { cluster, ...values } = argumentsOf(run, frame, step.arguments);
  const call = {
    actionId: run.start.action.id,
    callId: run.nextCall(step),
    clusterId: clusterIdOf(cluster ?? null) ?? "",
  };
  registerUndo(frame, step);
  return await run.lanes.submit<null, Value>({
    key: call.callId,
    request: null,
    batchSize: () => 1,
    run: async () => [await change(run, step, call, values)],
  });
}

async function change(
  run: Run,
  step: PrimitiveStep,
  call: { actionId: string; callId: string; clusterId: string },
  values: Readonly<Record<string, Value>>,
): Promise<Value> {
  const { records } = run.effects;
  switch (step.primitive) {
    case "add_nodes": {
      const nodes = await records.addNodes({ ...call, count: Math.max(0, values["count"] as number) });
      run.world.addNodes(nodes);
      return nodes.map((node) => ({ $node: node.id }));
    }
    case "set_size":
      run.world.changeCluster(await records.setSize({ ...call, size: values["size"] as number }));
      return null;
    case "set_profile": {
      const properties = values["properties"] as Readonly<Record<string, Json>>;
      const changed = await records.setProfile({ ...call, properties });
      run.world.changeCluster(changed.cluster);
      run.world.addProfile(changed.cluster.profileId, changed.properties);
      return null;
    }
    case "remove_cluster":
      await records.removeCluster(call);
      run.world.removeCluster(call.clusterId);
      return null;
  }
}
