import type { Json } from "../../../../plugins/sdk/driver.ts";
import { refusal } from "./errors.ts";

/** The only ways out of the isolate. Filled once, before plugin code runs; never reachable from a global. */
export interface Wires {
  post: (text: string) => void;
  /** A negative time clears it. */
  setTimer: (id: number, milliseconds: number) => void;
  randomBytes: (count: number) => ArrayBuffer;
  parseUrl: (question: string) => string | null;
}

export const wires = {} as Wires;

interface Pending {
  readonly call: number;
  readonly resolve: (value: Json) => void;
  readonly reject: (error: Error) => void;
}

const { stringify } = JSON;
const requestsAtOnce = 256;
const inputAtMost = 4 * 1024 * 1024;
const pending = new Map<number, Pending>();
/** Calls that run, and how many requests each waits for. */
const running = new Map<number, number>();
let lastRequest = 0;
let lastCall = 0;

export function startCall(call: number): void {
  running.set(call, 0);
  lastCall = call;
}

/** Refuses what the call still waits for and whatever it asks for later. */
export function endCall(call: number): void {
  running.delete(call);
  for (const [id, p] of pending) {
    if (p.call !== call) continue;
    pending.delete(id);
    p.reject(
      refusal({ code: "call-ended", message: "the call was ended before this came back", retryable: true }),
    );
  }
}

/** The call that a global such as `fetch` works for: the newest one that still runs. */
export function currentCall(): number {
  if (running.has(lastCall)) return lastCall;
  for (const call of running.keys()) lastCall = call;
  return lastCall;
}

/** Asks the broker for something, on behalf of a call. */
export function request(call: number, capability: string, input: unknown): Promise<Json> {
  return new Promise((resolve, reject) => {
    const waiting = running.get(call);
    if (waiting === undefined)
      return reject(
        refusal({ code: "call-ended", message: `${capability} outside of a call`, retryable: false }),
      );
    if (waiting >= requestsAtOnce)
      return reject(
        refusal({
          code: "too-many-requests",
          message: `more than ${requestsAtOnce} requests at once`,
          retryable: false,
        }),
      );
    const id = ++lastRequest;
    const text = stringify({ t: "request", id, call, capability, input });
    if (text.length > inputAtMost)
      return reject(
        refusal({
          code: "request-too-large",
          message: `${capability} with ${text.length} bytes; at most 4 MiB`,
          retryable: false,
        }),
      );
    running.set(call, waiting + 1);
    pending.set(id, { call, resolve, reject });
    wires.post(text);
  });
}

export function settleRequest(id: number, ok: boolean, value: Json): void {
  const p = pending.get(id);
  if (p === undefined) return;
  pending.delete(id);
  const waiting = running.get(p.call);
  if (waiting !== undefined) running.set(p.call, waiting - 1);
  if (ok) p.resolve(value);
  else p.reject(refusal(value as unknown as Parameters<typeof refusal>[0]));
}

/** Tells without waiting: a line for the log, an event. */
export function tell(message: {
  readonly t: "log" | "event";
  readonly call: number;
  readonly level?: string;
  readonly text: string;
}): void {
  wires.post(stringify(message));
}
