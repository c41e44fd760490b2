import { Context } from "@temporalio/activity";
import type { Json } from "../../grammar/plan.ts";
import type { InvokeOutcome, InvokeRequest } from "../../workflows/activities.ts";
import { openIntents } from "../store/open-intents.ts";
import { settleIntents } from "../store/settle-intents.ts";
import { callFunction } from "./call-function.ts";
import type { CallTools } from "./call-tools.ts";
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
  const outcome = await withHeartbeat(() =>
    callFunction(tools, q, intent?.attempts ?? 1, Context.current().cancellationSignal),
  );
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
const noNode = "00000000-0000-0000-0000-000000000000";
