import type { Step } from "../grammar/plan.ts";

/**
 * The id of a call: its step, and a number that stands for its way through loops, branches and actions. The same
 * whatever the lanes beside it did before: when Temporal runs a workflow task again, lanes may come in another order,
 * and what was done already must be found under its id.
 */
export function callIdOf(step: Pick<Step, "id">, position: string): string {
  return `${step.id}-${position === "" ? 0 : digest(position)}`;
}

/** The step of a call, by the id that `callIdOf` made; what a part of the call has added behind it goes as well. */
export function stepIdOf(callId: string): string {
  return callId.slice(0, callId.lastIndexOf("-"));
}

/** A 53-bit hash of a text (cyrb53): two ways of one step have the same one in ten billion runs of a thousand ways. */
function digest(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
