import { randomUUID } from "node:crypto";
import type { Json } from "../../grammar/plan.ts";
import { nodeCall } from "../actions/node-call.ts";
import type { NodeForCall } from "../store/load-nodes-for-call.ts";
import type { DriverTools } from "./call-tools.ts";
import { type LongCalls, longCall } from "./long-calls.ts";

/** A node and the call that is made on it. */
export interface DriverTarget {
  readonly tools: DriverTools;
  readonly q: { readonly actionId: string; readonly callId: string; readonly timeoutMs: number };
  readonly node: NodeForCall;
  readonly long?: LongCalls;
}

/**
 * Calls one operation of a node's driver. `more` overrides parts of the call (`plugins/sdk`: NodeCall). What the driver
 * says meanwhile becomes events of the action, but not what it says when it only looks. Throws `HostFailure`.
 */
export async function callDriver(
  { tools, q, node, long }: DriverTarget,
  operation: string,
  more: Readonly<Record<string, Json>>,
): Promise<Json> {
  const dot = node.profile_type.lastIndexOf(".");
  const looks = operation === "get" || operation === "find"; // repeated every few seconds while a step waits
  const events = tools.lines({
    actionId: q.actionId,
    plugin: node.profile_type.slice(0, dot),
    key: randomUUID(),
    nodeId: node.id,
  });
  const called = { ...node, properties: { ...node.properties, ...node.changes } };
  const answer = tools.host.call({
    ...nodeCall(called, { operation, key: callKey(q, node.id), more }),
    timeoutMs: q.timeoutMs,
    origin: { actionId: q.actionId, callId: q.callId },
    secretSource: async (name) =>
      (await tools.secret?.({ actionId: q.actionId, profileId: node.profile_id, name })) ?? null,
    gather: `${q.callId} ${node.profile_type} ${node.profile_id}`,
    ...(long === undefined ? {} : { long: longCall(long, operation) }),
    ...(long?.end === undefined ? {} : { signal: long.end }),
    ...(looks ? {} : { onEvent: (message: string) => events.add(message) }),
  });
  return await answer.finally(() => events.flush());
}

/** The idempotency key of a call on a node (DESIGN §5: action, step, node): the same on every repeat, at most 128 characters. */
export function callKey(q: { readonly actionId: string; readonly callId: string }, nodeId: string): string {
  return `${functionKey(q)}.${nodeId}`;
}

/** The same for a function that belongs to no node. */
export function functionKey(q: { readonly actionId: string; readonly callId: string }): string {
  return `${q.actionId}.${q.callId.slice(-maximumStep)}`; // the end holds the call's number
}

/** 128 less two UUIDs and two dots. */
const maximumStep = 54;
