import type { Json, PrimitiveStep, Value } from "../../grammar/plan.ts";
import { clusterIdOf } from "../../grammar/references.ts";
import { callIdOf } from "../call-id.ts";
import { expectFits } from "../payload-size.ts";
import { argumentsOf, type Frame, type Run, rowsOf } from "../run.ts";
import { detachAll } from "./attachments.ts";
import { registerUndo } from "./call-options.ts";
import { changeOf, changeRecords } from "./change-records.ts";
import { placeNodes } from "./placement.ts";

/** A change to the engine's own records: rows of nodes, a cluster's size or profile. */
export async function primitive(run: Run, frame: Frame, step: PrimitiveStep): Promise<Value> {
  const { cluster, ...values } = argumentsOf(run, frame, step.arguments);
  const call = {
    actionId: run.start.action.id,
    callId: callIdOf(step, frame.position),
    clusterId: clusterIdOf(cluster ?? null) ?? "",
  };
  registerUndo(frame, step);
  if (step.primitive === "remove_cluster") await detachAll(run, { ...frame, at: step.at }, call.clusterId);
  const changed = changeOf(frame, step, call.clusterId, values);
  if (changed !== undefined) {
    await changeRecords(run, frame, step, changed);
    return null;
  }
  return await run.record(call.callId, () => change(run, frame, step, call, values));
}

async function change(
  run: Run,
  frame: Frame,
  step: PrimitiveStep,
  call: { actionId: string; callId: string; clusterId: string },
  values: Readonly<Record<string, Value>>,
): Promise<Value> {
  const { records } = run.effects;
  switch (step.primitive) {
    case "add_nodes": {
      const count = Math.max(0, values["count"] as number);
      const references: Value[] = [];
      const changes = placeNodes(run.world, call.clusterId, frame.placements, count);
      for (let from = 0; from < count; from += nodesPerRecord) {
        const callId = from === 0 ? call.callId : `${call.callId}.${from}`;
        if (from > 0 && run.start.pace !== undefined) await nextMessage(run);
        const nodes = await records.addNodes({
          ...call,
          callId,
          count: Math.min(nodesPerRecord, count - from),
          ...(values["standby"] === true && { standby: true as const }),
          ...(changes !== undefined && { changes: changes.slice(from, from + nodesPerRecord) }),
          ...rowsOf(run, frame),
        });
        run.world.addNodes(nodes);
        for (const node of nodes) references.push({ $node: node.id });
      }
      return references;
    }
    case "set_size":
      run.world.changeCluster(
        await records.setSize({
          ...call,
          size: values["size"] as number,
          ...(typeof values["min"] === "number" && { min: values["min"] }),
          ...(typeof values["max"] === "number" && { max: values["max"] }),
        }),
      );
      return null;
    case "set_profile": {
      const properties = values["properties"] as Readonly<Record<string, Json>>;
      expectFits("the profile's properties", properties);
      const changed = await records.setProfile({ ...call, properties });
      run.world.changeCluster(changed.cluster);
      run.world.addProfile(changed.cluster.profileId, changed.properties);
      return null;
    }
    case "remove_cluster":
      await records.removeCluster(call);
      run.world.removeCluster(call.clusterId);
      return null;
    default:
      return null; // a change of records: made above
  }
}

/**
 * Sends what the run has kept so far: a workflow task's answer, with all of its local activities' results, may have 4 MB, and
 * would be made again and again.
 */
async function nextMessage(run: Run): Promise<void> {
  await run.effects.sleep(1, { summary: "more nodes", shielded: true });
}

/** Temporal warns of payloads above 512 KiB; a new node takes some 270 bytes. */
const nodesPerRecord = 1_500;
