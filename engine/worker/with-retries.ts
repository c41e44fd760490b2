import { HostFailure } from "../host/plugin-host.ts";
import type { Clock } from "./clock.ts";

/**
 * Tries `work` once and, while it fails retryably, `count` times more, pausing `everyMs`, then twice as long, up to
 * `upToMs`. A plugin's process that was killed under a call is no fault of the program: it gets three tries of its own.
 */
export async function withRetries<T>(
  q: {
    readonly retry: { readonly count: number; readonly everyMs: number; readonly upToMs: number };
    readonly clock: Clock;
    /** Ends the pauses, too; nothing is tried again after it. */
    readonly signal: AbortSignal;
  },
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  const { retry, clock, signal } = q;
  let left = retry.count;
  let crashesLeft = 3;
  let pause = retry.everyMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof HostFailure) || !error.retryable || signal.aborted) throw error;
      if (error.code === "plugin-crashed" && crashesLeft > 0) {
        crashesLeft -= 1;
        await clock.sleep(crashPauseMs, signal);
        continue;
      }
      if (left <= 0) throw error;
      left -= 1;
      await clock.sleep(pause, signal);
      if (signal.aborted) throw error;
      pause = Math.min(Math.max(pause * 2, 1), Math.max(retry.upToMs, retry.everyMs));
    }
  }
}

const crashPauseMs = 100;
