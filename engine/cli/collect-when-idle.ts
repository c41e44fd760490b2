import { performance } from "node:perf_hooks";
import { memoryUsage } from "node:process";
import { dropGarbage } from "../host/guest/drop-garbage.ts";

const lookMs = 5000;
/** A process that is busy for less of its time than this is idle. */
const idleShare = 0.05;
/** Less growth than this since the last collection is not worth another. */
const worthBytes = 16 * 2 ** 20;

/**
 * Gives memory back in quiet times. V8 leaves garbage where it is until more memory is wanted, which in a server that waits may
 * be never: half of the heap after a busy minute. A collection takes some 200 ms, and only when little was done for 5 s.
 */
export function collectWhenIdle(): void {
  let before = performance.eventLoopUtilization();
  let leftAfterLast = 0;
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > idleShare || memoryUsage().rss - leftAfterLast < worthBytes) return;
    dropGarbage();
    leftAfterLast = memoryUsage().rss;
  }, lookMs).unref();
}
