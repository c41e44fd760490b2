import type { Json } from "../../grammar/plan.ts";
import type { ErrorDescription } from "./guest/isolate/errors.ts";

/** What a guest says, as far as it keeps to the form: a plugin can forge every part of it. */
export type FromGuest =
  | {
      readonly t: "done";
      readonly id: number;
      readonly ok: true;
      readonly value: Json;
      readonly accepted?: Json;
    }
  | { readonly t: "done"; readonly id: number; readonly ok: false; readonly error: ErrorDescription }
  | {
      readonly t: "request";
      readonly id: number;
      readonly call: number;
      readonly capability: string;
      readonly input: Json;
    }
  | { readonly t: "log"; readonly call: number; readonly level: string; readonly text: string }
  | { readonly t: "event"; readonly call: number; readonly text: string }
  | { readonly t: "ended"; readonly id: number };

/**
 * The limits that our own code inside keeps for a call, held again here for a guest that goes around it. A call writes
 * lines with `host.log` and with `console`; stray ones belong to no call.
 */
export const guestLimits = { requestsAtOnce: 256, events: 10_000, lines: 20_000, strayLines: 1000 } as const;

/** Characters by type; a request holds 4 MiB of input, a result 1 MiB, a line 8 KiB, before they are escaped. */
const textAtMost: Readonly<Record<string, number>> = {
  done: 1.5 * 1024 * 1024,
  request: 4.25 * 1024 * 1024,
  log: 64 * 1024,
  event: 64 * 1024,
  ended: 1024,
};
const longest = Math.max(...Object.values(textAtMost));

/** A guest's message; a text says what is wrong with it, and the guest isn't to be trusted any more. */
export function readMessage(text: string): FromGuest | string {
  if (text.length > longest) return `a message of ${text.length} characters`;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return "something that is not JSON";
  }
  if (typeof message !== "object" || message === null || !("t" in message))
    return "something that is no message";
  const type = String(message.t);
  if (text.length > (Object.hasOwn(textAtMost, type) ? (textAtMost[type] ?? 0) : longest))
    return `${type} with ${text.length} characters`;
  return message as FromGuest;
}
