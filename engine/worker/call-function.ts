import type { InvokeOutcome, InvokeRequest } from "../../workflows/activities.ts";
import { HostFailure, type PluginCall } from "../host/plugin-host.ts";
import { functionKey } from "./call-driver.ts";
import type { DriverTools } from "./call-tools.ts";
import { type LongCalls, longCall } from "./long-calls.ts";
import { withRetries } from "./with-retries.ts";

/** Calls a plugin's function that belongs to no node, or its notifier, with its retries; `signal` ends the call. */
export async function callFunction(
  tools: DriverTools,
  q: InvokeRequest,
  attempts: number,
  signal: AbortSignal,
  long: LongCalls = { kept: null, keep: async () => {} },
): Promise<InvokeOutcome> {
  const { actionId, callId } = q;
  const { clusterId } = q;
  const found = await (clusterId === undefined
    ? tools.plugin({ actionId, plugin: q.plugin })
    : tools.clusterPlugin({ actionId, clusterId }));
  if (found === null) {
    const message =
      clusterId === undefined ? `the plan has no plugin "${q.plugin}"` : `cluster ${clusterId} is gone`;
    return { ok: false, failure: { code: "plugin-unknown", message } };
  }
  const lines = tools.lines({ actionId, plugin: q.plugin, key: `${callId}.${attempts}` });
  try {
    const value = await withRetries({ retry: q.retry, clock: tools.clock, signal }, (attempt) =>
      tools.host.call({
        pluginHash: found.use.hash,
        projectId: found.projectId,
        grants: found.use.grants,
        settings: found.use.settings,
        ...targetOf(q),
        timeoutMs: q.timeoutMs,
        origin: { actionId, callId },
        secretSource: async (name) => (await tools.secret?.({ actionId, profileId: null, name })) ?? null,
        onEvent: (message) => lines.add(message),
        signal,
        long: longCall(attempt === 1 ? long : { ...long, kept: null }, q.function),
      }),
    );
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error; // the engine's own fault: Temporal repeats the activity
    const help = error.help === undefined ? {} : { help: error.help };
    return { ok: false, failure: { code: error.code, message: error.message, ...help } };
  } finally {
    await lines.flush();
  }
}

function targetOf(q: InvokeRequest): Pick<PluginCall, "target" | "call"> {
  const call = { key: functionKey(q), arguments: q.arguments };
  if (q.notice === undefined) return { target: { kind: "function", function: q.function }, call };
  return {
    target: { kind: "other", of: "notifiers", name: q.function, operation: "send" },
    call: { ...call, event: { ...q.notice } },
  };
}
