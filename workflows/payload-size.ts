import type { Value } from "../grammar/plan.ts";
import { RunFailure } from "./run-failure.ts";

/**
 * The largest request, event or result of a run, in bytes of JSON. Temporal refuses 2 MB, and would repeat the workflow
 * task for ever; several requests travel in one message of at most 4 MB.
 */
export const maximumPayload = 512 * 1024;

/** Fails the step, at its line, when a value is too large to travel. Looks no further than the bound. */
export function expectFits(what: string, value: unknown): void {
  const left = [value as Value];
  let bytes = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next === "string") bytes += bytesOf(next, maximumPayload - bytes);
    else if (typeof next !== "object" || next === null) bytes += 8;
    else {
      const inner = Object.values(next);
      bytes += 2 + inner.length;
      if (!Array.isArray(next)) for (const name of Object.keys(next)) bytes += name.length + 3;
      if (bytes <= maximumPayload) for (const each of inner) if (each !== undefined) left.push(each);
    }
    if (bytes > maximumPayload)
      throw new RunFailure({
        code: "too-large",
        message: `${what} is larger than ${maximumPayload / 1024} KiB`,
        help: "pass less at once: shorter texts, fewer items",
      });
  }
}

/** As JSON in UTF-8; a surrogate pair counts a little too much. Stops beyond `atMost`. */
function bytesOf(text: string, atMost: number): number {
  let bytes = text.length + 2;
  for (let at = 0; at < text.length && bytes <= atMost; at++) {
    const unit = text.charCodeAt(at);
    bytes += unit < 0x20 ? 5 : unit === 0x22 || unit === 0x5c || (unit > 0x7f && unit < 0x800) ? 1 : 0;
    if (unit >= 0x800) bytes += 2;
  }
  return bytes;
}
