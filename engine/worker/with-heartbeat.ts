import { Context } from "@temporalio/activity";

/** Tells Temporal every second that this activity lives, for as long as `work` takes. */
export async function withHeartbeat<T>(work: () => Promise<T>, details?: () => unknown): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(details?.()), 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
