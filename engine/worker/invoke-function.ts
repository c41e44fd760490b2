import { Context } from "@temporalio/activity";
import type { Json } from "../../grammar/plan.ts";
import type { InvokeOutcome, InvokeRequest } from "../../workflows/activities.ts";
import { HostFailure } from "../host/plugin-host.ts";
import { loadPluginUse } from "../store/load-plugin-use.ts";
import { openIntents } from "../store/open-intents.ts";
import { settleIntents } from "../store/settle-intents.ts";
import { functionKey } from "./call-driver.ts";
import type { CallTools } from "./call-tools.ts";
import { stopsHere } from "./cancelled.ts";
import { EventLines } from "./event-lines.ts";
import { withHeartbeat } from "./with-heartbeat.ts";
import { withRetries } from "./with-retries.ts";

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
  const outcome = await withHeartbeat(() => call(tools, q, intent?.attempts ?? 1));
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

async function call(tools: CallTools, q: InvokeRequest, attempts: number): Promise<InvokeOutcome> {
  const { actionId, callId } = q;
  const context = Context.current();
  const found = await loadPluginUse(tools.pool, { actionId, plugin: q.plugin });
  if (found === null) {
    const message = `the plan has no plugin "${q.plugin}"`;
    return { ok: false, failure: { code: "plugin-unknown", message } };
  }
  const events = new EventLines(tools, { actionId, plugin: q.plugin, key: `${callId}.${attempts}` });
  try {
    const value = await withRetries(
      q.retry,
      () => stopsHere(context),
      () =>
        tools.host.call({
          pluginHash: found.use.hash,
          projectId: found.projectId,
          grants: found.use.grants,
          settings: found.use.settings,
          target: { kind: "function", function: q.function },
          call: { key: functionKey(q), arguments: q.arguments },
          timeoutMs: q.timeoutMs,
          origin: { actionId, callId },
          onEvent: (message) => events.add(message),
          signal: context.cancellationSignal,
        }),
    );
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error; // the engine's own fault: Temporal repeats the activity
    const help = error.help === undefined ? {} : { help: error.help };
    return { ok: false, failure: { code: error.code, message: error.message, ...help } };
  } finally {
    await events.flush();
  }
}
