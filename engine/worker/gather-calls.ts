import type { Json } from "../../grammar/plan.ts";
import type { BatchOutcome } from "../host/batch-outcomes.ts";
import { HostFailure, type PluginCall, type PluginHost } from "../host/plugin-host.ts";
import type { DriverAbilities } from "./call-tools.ts";

interface Waiting {
  readonly q: PluginCall;
  readonly resolve: (value: Json) => void;
  readonly reject: (error: unknown) => void;
}

interface Crowd {
  readonly waiting: Waiting[];
  bytes: number;
}

/** Long enough that nodes which stand at the same call meet, short beside any real operation. */
const gatherMs = 2;
/** A batch's argument may have 1 MiB. */
const bytesAtMost = 768 * 1024;

/**
 * A host that makes one call of many: calls with the same `gather` on one standard operation go out together where the
 * driver has a batch for it. Each gets its own answer, so nobody notices but the driver, and the events that it tells of
 * meanwhile belong to the first node.
 */
export function gatherCalls(
  host: Pick<PluginHost, "call">,
  abilities: (pluginHash: string, profile: string) => Promise<DriverAbilities>,
): Pick<PluginHost, "call"> {
  const crowds = new Map<string, Crowd>();

  const join = (name: string, most: number, q: PluginCall): Promise<Json> =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.byteLength(JSON.stringify(q.call));
      let crowd = crowds.get(name);
      if (crowd !== undefined && crowd.bytes + bytes > bytesAtMost) {
        leave(name, crowd);
        crowd = undefined;
      }
      if (crowd === undefined) {
        const made: Crowd = { waiting: [], bytes: 0 };
        crowds.set(name, made);
        setTimeout(() => leave(name, made), gatherMs);
        crowd = made;
      }
      crowd.waiting.push({ q, resolve, reject });
      crowd.bytes += bytes;
      if (crowd.waiting.length >= most) leave(name, crowd);
    });

  const leave = (name: string, crowd: Crowd): void => {
    if (crowds.get(name) !== crowd) return; // it has left
    crowds.delete(name);
    void callTogether(host, crowd.waiting);
  };

  return {
    async call(q) {
      const { target, gather, long } = q;
      if (gather === undefined || target.kind !== "operation" || long?.accepted) return await host.call(q);
      const { batch } = await abilities(q.pluginHash, target.profile);
      const most = batch.get(target.operation);
      if (most === undefined) return await host.call(q);
      const { pluginHash, projectId } = q;
      return await join(JSON.stringify([pluginHash, projectId, gather, target, q.timeoutMs]), most, q);
    },
  };
}

async function callTogether(host: Pick<PluginHost, "call">, waiting: readonly Waiting[]): Promise<void> {
  const [first] = waiting as readonly [Waiting, ...Waiting[]]; // a crowd has someone in it
  if (waiting.length === 1) return void host.call(first.q).then(first.resolve, first.reject);
  const { long: _, signal: __, ...q } = first.q;
  const signals = waiting.map((each) => each.q.signal);
  for (const [i, signal] of signals.entries()) whenAborted(signal, () => waiting[i]?.reject(cancelled()));
  const signal = whenAllAbort(signals);
  try {
    const outcomes = (await host.call({
      ...q,
      ...(signal === null ? {} : { signal }),
      target: { ...(q.target as { profile: string; operation: string }), kind: "batch" },
      call: { calls: waiting.map((each) => each.q.call) },
    })) as unknown as readonly BatchOutcome[]; // the host made one for each
    for (const [i, each] of waiting.entries())
      settle(host, each.q, outcomes[i]!).then(each.resolve, each.reject);
  } catch (error) {
    for (const each of waiting) each.reject(error);
  }
}

/** One that is aborted when all of these are; `null` when one of them never is, since it isn't there. */
function whenAllAbort(signals: readonly (AbortSignal | undefined)[]): AbortSignal | null {
  if (signals.some((signal) => signal === undefined)) return null;
  const all = new AbortController();
  let left = signals.length;
  for (const signal of signals)
    whenAborted(signal, () => {
      left -= 1;
      if (left === 0) all.abort();
    });
  return all.signal;
}

function whenAborted(signal: AbortSignal | undefined, work: () => void): void {
  if (signal?.aborted === true) work();
  else signal?.addEventListener("abort", work, { once: true });
}

function cancelled(): HostFailure {
  return new HostFailure("the call was cancelled", { code: "cancelled", retryable: false });
}

async function settle(host: Pick<PluginHost, "call">, q: PluginCall, outcome: BatchOutcome): Promise<Json> {
  if ("value" in outcome) return outcome.value;
  if ("failure" in outcome) {
    const { message, code, retryable, help } = outcome.failure;
    throw new HostFailure(message, { code, retryable, help: help ?? undefined });
  }
  const { accepted } = outcome;
  await q.long?.keep(accepted);
  const follow = q.long ?? { keep: async () => {} };
  return await host.call({ ...q, long: { ...follow, accepted } });
}
