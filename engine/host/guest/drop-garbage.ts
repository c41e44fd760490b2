import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Frees this process' own garbage and gives the pages back to the system, which other kinds of collection keep for heaps to
 * come. Takes some 200 ms in a big heap. Rooms, as all isolates, have heaps of their own.
 */
export function dropGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: NonNullable<typeof globalThis.gc> = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc"); // contexts to come, as workflows', have none
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
