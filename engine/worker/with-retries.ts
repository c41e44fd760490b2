import { HostFailure } from "../host/plugin-host.ts";

/**
 * Tries `work` once and, while it fails retryably, `count` times more, pausing `everyMs`, then twice as long, up to
 * `upToMs`. A plugin's process that was killed under a call is no fault of the program: it gets three tries of its own.
 */
export async function withRetries<T>(
  retry: { readonly count: number; readonly everyMs: number; readonly upToMs: number },
  stopped: () => boolean,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  let left = retry.count;
  let crashesLeft = 3;
  let pause = retry.everyMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof HostFailure) || !error.retryable || stopped()) throw error;
      if (error.code === "plugin-crashed" && crashesLeft > 0) {
        crashesLeft -= 1;
        await sleep(crashPauseMs);
        continue;
      }
      if (left <= 0) throw error;
      left -= 1;
      await sleep(pause);
      if (stopped()) throw error;
      pause = Math.min(Math.max(pause * 2, 1), Math.max(retry.upToMs, retry.everyMs));
    }
  }
}

const crashPauseMs = 100;

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
