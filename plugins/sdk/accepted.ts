import type { Json } from "./driver.ts";

/** "Under way, ask again": what a long operation answers instead of its result. Made by `accepted`. */
export interface Accepted {
  /** What `poll` needs to know: any JSON up to 16 KiB. It is kept, so it holds no secret. */
  readonly token: Json;
  /** Milliseconds until it is asked for: 20 to an hour; 2,000 when left out. */
  readonly after: number;
}

/** Through the registry of symbols, because every bundle has its own copy of this file. */
const mark = Symbol.for("coppice.accepted");

/**
 * Ends a call whose work goes on outside: `return accepted({ token: job.id, after: 5000 })`. The engine keeps the token,
 * lets the isolate go, and later calls `poll` with it, until the result is there or the step's `timeout` is over. Only
 * operations that the manifest calls `"long": true` may answer so.
 */
export function accepted(q: { readonly token: Json; readonly after?: number }): Accepted {
  return Object.freeze({ token: q.token, after: q.after ?? 2000, [mark]: true });
}
