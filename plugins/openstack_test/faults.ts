import { DriverError, type Json, type NodeCall } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { draw } from "./ids.ts";
import { recent } from "./recent.ts";
import { storeOf } from "./records.ts";
import { type Failure, settingsOf } from "./settings.ts";

const key = "failures";
const kept = recent(readFailures);
const used = new Map<string, number>();
const attempts = new Map<string, number>();

/** Does an operation's work with all the faults that settings and `fail` ask for. */
export async function withFaults<T>(
  host: Host,
  operation: string,
  call: Pick<NodeCall<unknown>, "key" | "node">,
  work: () => Promise<T>,
): Promise<T> {
  const { latency, error_rate, lost_replies, seed } = settingsOf(host);
  if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  const failure = await failureOf(host, operation, call.node.index);
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
  const asked = [...settingsOf(host).failures, ...(await kept.get(host))];
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
  await storeOf(host).set(key, list as unknown as Json);
  kept.set(list);
}

export async function removeFailures(host: Host): Promise<void> {
  await storeOf(host).delete(key);
  used.clear();
  kept.set([]);
}

async function readFailures(host: Host): Promise<readonly Failure[]> {
  return ((await storeOf(host).get(key)) ?? []) as unknown as readonly Failure[];
}
