import { setTimeout as pause } from "node:timers/promises";

/** Work that goes on until it is stopped. */
export interface Rounds {
  /** Ends after the round that is under way. */
  stop(): Promise<void>;
}

/**
 * Runs rounds one after the other, each `pauseMs` after the end of the one before. One that throws is told to `failed`, and the next
 * one tries again. The signal says that it is being stopped.
 */
export function startRounds(q: {
  readonly pauseMs: number;
  readonly round: (stopping: AbortSignal) => Promise<unknown>;
  readonly failed: (error: unknown) => void;
  /** Nothing needs to be done at once. */
  readonly pausesFirst?: boolean;
}): Rounds {
  const stopping = new AbortController();
  const { signal } = stopping;
  const rest = () => pause(q.pauseMs, undefined, { signal }).catch(() => {}); // stopped
  const running = (async () => {
    if (q.pausesFirst === true) await rest();
    while (!signal.aborted) {
      try {
        await q.round(signal);
      } catch (error) {
        q.failed(error);
      }
      await rest();
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
