import type { LifecycleStep } from "../../grammar/plan.ts";
import { nodeIdOf } from "../../grammar/references.ts";
import type { LifecycleRequest } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { type Frame, numberOf, placeOf, type Run, valueIn } from "../run.ts";

/**
 * `node.await_lifecycle(hooks, within: 5m)`: someone is told that the node is to go, and has until then to get ready. Goes
 * on when they say so, or when the time is over. Lanes that stand here are told together.
 */
export async function awaitLifecycle(run: Run, frame: Frame, step: LifecycleStep): Promise<void> {
  const nodeId = nodeIdOf(valueIn(run, frame, step.node)) ?? "";
  const request: LifecycleRequest = {
    callId: callIdOf(step, frame.position),
    nodeId,
    hook: valueIn(run, frame, step.hook),
    withinMs: Math.max(0, numberOf(run, frame, step.within, 0)),
  };
  const actionId = run.start.action.id;
  const { records } = run.effects;
  await run.lanes.submit<LifecycleRequest, null>({
    kind: "records",
    key: JSON.stringify(["lifecycle", step.id]),
    request,
    batchSize: () => openedAtOnce,
    run: async (lifecycles) => {
      await records.openLifecycles({ actionId, lifecycles });
      return lifecycles.map(() => null);
    },
  });
  const name = run.world.node(nodeId)?.name ?? nodeId;
  const summary = `lifecycle of ${name} · ${placeOf(run, step)}`;
  try {
    await run.lanes.submit<null, null>({
      kind: "outside",
      key: request.callId,
      request: null,
      batchSize: () => 1,
      run: async () => {
        await run.effects.lifecycle(request, { summary, shielded: frame.shielded });
        return [null];
      },
    });
  } finally {
    await run.lanes.submit<string, null>({
      kind: "records",
      key: JSON.stringify(["lifecycle closes", step.id]),
      request: request.callId,
      batchSize: () => openedAtOnce,
      run: async (callIds) => {
        await records.closeLifecycles({ actionId, callIds });
        return callIds.map(() => null);
      },
    });
  }
}

const openedAtOnce = 500;
