import type { Logger } from "pino";
import { channels } from "../store/channels.ts";
import { createListener } from "../store/listener.ts";

/** Tells who asks when an action has changed. */
export interface ActionWatchers {
  /** Calls `onChange` after each change, and whenever one may have been missed. Returns how to stop. */
  watch(actionId: string, onChange: () => void): () => void;
  close(): Promise<void>;
}

/** One LISTEN connection for all watched actions of a server. */
export async function createActionWatchers(q: {
  databaseUrl: string;
  logger: Logger;
}): Promise<ActionWatchers> {
  const watchers = new Map<string, Set<() => void>>();
  const listener = await createListener({
    url: q.databaseUrl,
    channels: [channels.action],
    onNotice(notice) {
      const touched = notice === null ? [...watchers.values()] : [watchers.get(notice.payload) ?? new Set()];
      for (const callbacks of touched) for (const callback of callbacks) callback();
    },
    onError: (error) => q.logger.warn({ err: error }, "lost the LISTEN connection; connecting again"),
  });
  return {
    watch(actionId, onChange) {
      const callbacks = watchers.get(actionId) ?? new Set();
      watchers.set(actionId, callbacks.add(onChange));
      return () => {
        callbacks.delete(onChange);
        if (callbacks.size === 0 && watchers.get(actionId) === callbacks) watchers.delete(actionId);
      };
    },
    close: () => listener.close(),
  };
}
