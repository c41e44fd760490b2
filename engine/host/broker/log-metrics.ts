import type { HostLogger } from "../host-logger.ts";
import type { PluginMetrics } from "./metrics.ts";

const everyMs = 60_000;

/** Writes counters that grew to the log, each minute and at the end: a worker has no address to ask for them. */
export function logMetrics(metrics: PluginMetrics, logger: HostLogger): () => void {
  const write = () => {
    const changed = metrics.changed();
    if (Object.keys(changed).length > 0) logger.info({ metrics: changed }, "counted by plugins");
  };
  const timer = setInterval(write, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    write();
  };
}
