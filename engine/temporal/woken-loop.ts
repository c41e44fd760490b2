import type { Logger } from "pino";
import { createListener } from "../store/listener.ts";

/** A loop that runs until it is stopped. */
export interface WokenLoop {
  /** Ends after the round that is under way. */
  stop(): Promise<void>;
}

/**
 * Runs rounds one after the other: again at once while there was something to do; else when a NOTIFY comes, when the next
 * thing is due, or after `fallbackSeconds`. A round that throws is told of and tried again a second later.
 */
export async function startWokenLoop(q: {
  /** In the log: `dispatcher`. */
  readonly name: string;
  /** For LISTEN, which needs a connection of its own. */
  readonly databaseUrl: string;
  readonly channel: string;
  readonly logger: Logger;
  readonly fallbackSeconds: number;
  /** Does what is due and says how much that was. */
  readonly round: () => Promise<number>;
  /** Until the next thing is due; `null` when nothing waits. Asked after a round without work. */
  readonly secondsUntilDue: () => Promise<number | null>;
}): Promise<WokenLoop> {
  let stopping = false;
  let woken = false;
  let wakeUp = () => {};
  const wake = () => {
    woken = true;
    wakeUp();
  };
  const listener = await createListener({
    url: q.databaseUrl,
    channels: [q.channel],
    onNotice: wake,
    onError: (error) =>
      q.logger.warn({ err: error }, `${q.name}: lost its LISTEN connection; connecting again`),
  });
  const untilWoken = async (seconds: number) => {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wakeUp = resolve;
      timer = setTimeout(resolve, seconds * 1000);
      if (woken || stopping) resolve();
    });
    clearTimeout(timer);
  };
  const loop = async () => {
    while (!stopping) {
      woken = false;
      let seconds = q.fallbackSeconds;
      try {
        if ((await q.round()) > 0) continue;
        const due = await q.secondsUntilDue();
        if (due !== null) seconds = Math.min(Math.max(due, soonestSeconds), q.fallbackSeconds);
      } catch (error) {
        q.logger.warn({ err: error }, `${q.name}: the database failed; trying again`);
        seconds = 1;
      }
      await untilWoken(seconds);
    }
  };
  const running = loop();
  return {
    async stop() {
      stopping = true;
      wake();
      await running;
      await listener.close();
    },
  };
}

/** What is due already, but held by another, is not asked for without a pause. */
const soonestSeconds = 0.02;
