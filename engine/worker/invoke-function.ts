import { Context } from "@temporalio/activity";
import type { Json } from "../../grammar/plan.ts";
import type { InvokeOutcome, InvokeRequest } from "../../workflows/activities.ts";
import { CallLeft } from "../host/plugin-host.ts";
import { isTimedOut } from "../store/is-timed-out.ts";
import { keepAccepted } from "../store/keep-accepted.ts";
import { openIntents } from "../store/open-intents.ts";
import { settleIntents } from "../store/settle-intents.ts";
import { callFunction } from "./call-function.ts";
import type { CallTools } from "./call-tools.ts";
import { isCancelled, stopsHere } from "./cancelled.ts";
import { followSignals, type KeptCall, type LongCalls } from "./long-calls.ts";
import { withHeartbeat } from "./with-heartbeat.ts";

/**
 * The activity behind a plugin's function that belongs to no node. Its intent is written before the call; a repeat
 * after a lost worker calls again with the same key. What the plugin says meanwhile becomes events of the action.
 */
export async function invokeFunction(tools: CallTools, q: InvokeRequest): Promise<InvokeOutcome> {
  const { actionId, callId } = q;
  const [intent] = await openIntents(tools.pool, {
    actionId,
    callId,
    operation: `${q.plugin}.${q.function}`,
    nodeIds: [noNode],
  });
  // An outcome is ours: written below.
  if (intent !== undefined && intent.state !== "open") return intent.outcome as unknown as InvokeOutcome;
  const context = Context.current();
  const long: LongCalls = {
    kept: (intent?.accepted ?? null) as unknown as KeptCall | null, // written by keep
    keep: (call) => keepAccepted(tools.pool, { actionId, callId, nodeId: noNode, accepted: { ...call } }),
    ...followSignals(context, () => isTimedOut(tools.pool, q)),
  };
  const outcome = await withHeartbeat(() =>
    callFunction(tools, q, intent?.attempts ?? 1, context.cancellationSignal, long),
  ).catch((error: unknown) => {
    throw error instanceof CallLeft ? context.cancellationSignal.reason : error;
  });
  if (stopsHere(context) && !isCancelled(context)) throw context.cancellationSignal.reason; // another worker goes on
  await settleIntents(tools.pool, {
    actionId,
    callId,
    outcomes: [
      { nodeId: noNode, state: outcome.ok ? "done" : "failed", outcome: outcome as unknown as Json },
    ],
  });
  return outcome;
}

/** The intent table wants a node; a function has none. */
export const noNode = "00000000-0000-0000-0000-000000000000";
