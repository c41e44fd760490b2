import { keepEventSources, secondsUntilEventSource } from "../store/event-sources.ts";
import { pollSources, type SourcePolling } from "./poll-sources.ts";

/** How often to look for programs that listen to something new. */
const renewMs = 2000;
const tickMs = 1000;

/** Asks plugins' event sources for as long as this worker runs. Several workers share the work. */
export function startSourceLoop(q: SourcePolling): { stop(): Promise<void> } {
  let stopping = false;
  let wakeUp = () => {};
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stopping) wakeUp();
    });
  const loop = async () => {
    for (let renewAt = 0; !stopping; ) {
      let wait = tickMs;
      try {
        if (Date.now() >= renewAt) {
          await keepEventSources(q.pool);
          renewAt = Date.now() + renewMs;
        }
        await pollSources(q);
        const seconds = await secondsUntilEventSource(q.pool);
        wait = Math.min(Math.max((seconds ?? renewMs / 1000) * 1000, 20), renewMs);
      } catch (error) {
        q.logger.warn({ err: error }, "sources: the database failed; trying again");
      }
      await pause(wait);
    }
  };
  const running = loop();
  return {
    async stop() {
      stopping = true;
      wakeUp();
      await running;
    },
  };
}
