import { setTimeout as after } from "node:timers/promises";
import type { Json } from "../../grammar/plan.ts";
import { checkProperties } from "../../plugins/sdk/check-values.ts";
import type { Manifest, PropertySchemas } from "../../plugins/sdk/manifest.ts";
import { type CallPart, type CallTarget, targetName } from "./call-target.ts";
import { targetSchema } from "./check-call.ts";
import { checkResult, pluginBug } from "./check-result.ts";
import { timeoutFailure } from "./failures.ts";
import type { Answer } from "./guest-session.ts";
import { type AcceptedCall, CallLeft, HostFailure, type PluginCall } from "./plugin-host.ts";

/** One way into the guest and back. `more` is added to the call's argument. */
export type ExchangeWithGuest = (
  part: CallPart,
  more: Readonly<Record<string, Json>>,
  timeoutMs: number,
) => Promise<Answer>;

/** A question about accepted work takes no longer, whatever the work takes. */
const questionMs = 60_000;
/** Questions that fail retryably one after the other before the work itself counts as failed. */
const faultsAtMost = 5;
const tokenAtMost = 16 * 1024;

/**
 * Makes a call, and when the driver accepts it, asks after it until the result is there or its time is over. Between
 * two questions nothing of the plugin is held: its guest may end, and another one is asked. Throws `HostFailure`, and
 * `CallLeft` when somebody else is to go on.
 */
export async function followCall(
  manifest: Manifest,
  q: PluginCall,
  exchange: ExchangeWithGuest,
): Promise<Json> {
  const { target, long } = q;
  const deadline = long?.accepted?.deadline ?? Date.now() + q.timeoutMs;
  let now = long?.accepted ?? null;
  if (now === null) {
    const first = await exchange("begin", {}, q.timeoutMs);
    if ("value" in first) return checkResult(manifest, target, first.value);
    now = acceptedOf(manifest, target, first.accepted, deadline);
    await long?.keep(now);
  }
  const cancel = new CancelOnce(manifest, q, exchange);
  for (let faults = 0; ; ) {
    await cancel.waitFor(now);
    const left = deadline - Date.now();
    if (left <= 0) throw timeoutFailure(`${manifest.name}.${targetName(target)}`, q.timeoutMs);
    let answer: Answer;
    try {
      answer = await exchange("poll", about(target, now), Math.min(left, questionMs));
      faults = 0;
    } catch (error) {
      if (!(error instanceof HostFailure) || !error.retryable || ++faults >= faultsAtMost) throw error;
      continue;
    }
    if ("value" in answer) return checkResult(manifest, target, answer.value);
    const next = acceptedOf(manifest, target, answer.accepted, deadline);
    if (JSON.stringify(next.token) !== JSON.stringify(now.token)) await long?.keep(next);
    now = next;
  }
}

/** Waits between questions, and tells the driver once when its work is not wanted any more. */
class CancelOnce {
  readonly #manifest: Manifest;
  readonly #q: PluginCall;
  readonly #exchange: ExchangeWithGuest;
  #told = false;

  constructor(manifest: Manifest, q: PluginCall, exchange: ExchangeWithGuest) {
    this.#manifest = manifest;
    this.#q = q;
    this.#exchange = exchange;
  }

  async waitFor(now: AcceptedCall): Promise<void> {
    const { long, signal, target } = this.#q;
    const ends = [long?.leave, signal, this.#told ? undefined : long?.cancel];
    const left = Math.max(0, now.deadline - Date.now());
    await pause(Math.min(now.after, left), AbortSignal.any(ends.filter((end) => end !== undefined)));
    if (long?.leave?.aborted) throw new CallLeft();
    const unwanted = signal?.aborted === true || long?.cancel?.aborted === true;
    if (unwanted && !this.#told) {
      this.#told = true;
      await this.#tell(now);
    }
    if (signal?.aborted)
      throw new HostFailure(`${this.#manifest.name}.${targetName(target)} was cancelled`, {
        code: "cancelled",
        retryable: false,
      });
  }

  /** A driver need not have `cancel`; then, and when it fails, the work goes on to its end. */
  async #tell(now: AcceptedCall): Promise<void> {
    try {
      await this.#exchange("cancel", about(this.#q.target, now), questionMs);
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      this.#q.onEvent?.(`${targetName(this.#q.target)} could not be cancelled: ${error.message}`);
    }
  }
}

/** What `poll` and `cancel` are told beside what the operation itself was told. */
function about(target: CallTarget, { token }: AcceptedCall): Readonly<Record<string, Json>> {
  const operation =
    target.kind === "function" ? target.function : target.kind === "operation" ? target.operation : "";
  return { operation, token };
}

const answered: PropertySchemas = {
  token: { type: "Any" },
  after: { type: "Duration", default: 2000, minimum: 20, maximum: 3_600_000 },
};

/** What a driver said when it accepted: checked, and only from an operation that may. */
export function acceptedOf(
  manifest: Manifest,
  target: CallTarget,
  value: Json,
  deadline: number,
): AcceptedCall {
  if (target.kind === "other" || targetSchema(manifest, target).long !== true)
    throw pluginBug(
      manifest,
      target,
      'answered "accepted", which only an operation may that is declared as long',
    );
  const checked = checkProperties(answered, value);
  if (!checked.ok) {
    const said = checked.problems.map((p) => `${p.path} ${p.message}`).join("; ");
    throw pluginBug(manifest, target, `accepted with what the contract doesn't know: ${said}`);
  }
  const token = checked.value["token"] ?? null;
  if (Buffer.byteLength(JSON.stringify(token)) > tokenAtMost)
    throw pluginBug(manifest, target, "accepted with a token over 16 KiB");
  return { token, after: Number(checked.value["after"]), deadline };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await after(milliseconds, undefined, { signal }).catch(() => {}); // an abort only ends the pause
}
