import { DriverError, type Json, type NodeCall } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { recordsOf } from "./records.ts";
import { draw } from "./seeded.ts";
import { type Failure, hasBug, settingsOf } from "./settings.ts";

const key = "failures";
const freshMs = 250;
let known: { readonly at: number; readonly list: readonly Failure[] } | undefined;
const used = new Map<string, number>();
const attempts = new Map<string, number>();
const leaked: number[][] = [];

/** Does an operation's work with all the faults that settings and `fail` ask for. */
export async function withFaults<T>(
  host: Host,
  operation: string,
  call: NodeCall<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const { latency, error_rate, lost_replies, seed } = settingsOf(host);
  if (hasBug(host, "leaks")) leaked.push(new Array<number>(8192).fill(leaked.length));
  if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  const failure = await failureOf(host, operation, call.node.index);
  if (failure?.done === true) await work();
  if (failure !== undefined && hasBug(host, "bare_errors")) throw new Error(failure.message);
  if (failure !== undefined)
    throw new DriverError(failure.message, { code: "asked-for", retryable: failure.retryable });
  if (error_rate === 0 && lost_replies === 0) return work();
  const attempt = `${operation} ${call.key}`;
  const turn = (attempts.get(attempt) ?? 0) + 1;
  attempts.set(attempt, turn);
  if (draw(`${seed} error ${attempt} ${turn}`) * 100 < error_rate)
    throw new DriverError(`${operation} of ${call.node.name} failed by chance`, {
      code: "by-chance",
      retryable: true,
    });
  const result = await work();
  if (draw(`${seed} reply ${attempt} ${turn}`) * 100 < lost_replies)
    throw new DriverError(`the reply to ${operation} of ${call.node.name} was lost`, {
      code: "lost-reply",
      retryable: true,
    });
  return result;
}

/** The failure that hits this operation on this node now, counted. */
export async function failureOf(host: Host, operation: string, node: number): Promise<Failure | undefined> {
  const asked = [...settingsOf(host).failures, ...(await keptFailures(host))];
  for (const [i, failure] of asked.entries()) {
    if (failure.operation !== operation || (failure.node !== 0 && failure.node !== node)) continue;
    if (failure.times === 0) return failure;
    const name = JSON.stringify([i, failure]);
    const before = used.get(name) ?? 0;
    if (before >= failure.times) continue;
    used.set(name, before + 1);
    return failure;
  }
  return undefined;
}

/** Keeps a failure for every process that runs this plugin; others notice it within a quarter of a second. */
export async function addFailure(host: Host, failure: Failure): Promise<void> {
  const list = [...(await readFailures(host)), failure];
  await recordsOf(host).set(key, list as unknown as Json);
  known = { at: Date.now(), list };
}

export async function removeFailures(host: Host): Promise<void> {
  await recordsOf(host).delete(key);
  used.clear();
  known = { at: Date.now(), list: [] };
}

/** Looked up at most every quarter of a second: a thousand operations shouldn't mean a thousand look-ups. */
async function keptFailures(host: Host): Promise<readonly Failure[]> {
  if (known === undefined || Date.now() - known.at > freshMs)
    known = { at: Date.now(), list: await readFailures(host) };
  return known.list;
}

async function readFailures(host: Host): Promise<readonly Failure[]> {
  return ((await recordsOf(host).get(key)) ?? []) as unknown as readonly Failure[];
}
