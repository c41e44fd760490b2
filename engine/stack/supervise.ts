import type { Part, RunningPart } from "./part.ts";
import type { PartState } from "./stack-state.ts";

const firstPauseMs = 100;
const longestPauseMs = 10_000;
const steadyMs = 30_000;

/** A part that is kept running. */
export interface Supervised {
  state(): PartState;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** What the supervisor tells while it keeps a part running. */
export interface SupervisorEvents {
  /** Its state changed. */
  changed(): void;
  /** It ended by itself; it is started again after the pause. */
  died(part: string, how: string, pauseMs: number): void;
}

/**
 * Starts a part, waits until it is ready, and from then on starts it again whenever it ends: after 0.1 s, doubling to
 * 10 s, from the beginning once it has run for half a minute. A part that doesn't come up the first time rejects.
 */
export async function supervise(part: Part, events: SupervisorEvents): Promise<Supervised> {
  let state: PartState = { status: "starting", process: null, restarts: 0 };
  let stopping = false;
  let wake: () => void = () => {};
  let running: RunningPart | null = null;

  const set = (change: Partial<PartState>) => {
    state = { ...state, ...change };
    events.changed();
  };
  const start = async () => {
    running = await part.start();
    set({ process: running.process });
    if (stopping) await running.stop();
    await running.ready;
    set({ status: "ready" });
    return running;
  };

  const keep = async (first: RunningPart) => {
    let pauseMs = firstPauseMs;
    let current: RunningPart | null = first;
    let since = Date.now();
    while (!stopping) {
      const how = current === null ? "it did not come up" : await current.exited;
      if (stopping) break;
      if (Date.now() - since > steadyMs) pauseMs = firstPauseMs;
      set({ status: "restarting", process: null, restarts: state.restarts + 1 });
      events.died(part.name, how, pauseMs);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (stopping) break;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      since = Date.now();
      current = await start().catch(async () => {
        await running?.stop();
        return null;
      });
    }
    set({ status: "stopped", process: null });
  };

  let first: RunningPart;
  try {
    first = await start();
  } catch (error) {
    stopping = true;
    await (running as RunningPart | null)?.stop();
    set({ status: "stopped", process: null });
    throw error;
  }
  const kept = keep(first);
  return {
    state: () => state,
    async stop() {
      stopping = true;
      wake();
      await running?.stop();
      await kept;
    },
  };
}
