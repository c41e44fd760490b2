import { LRUCache } from "lru-cache";
import { ApiError } from "./api-error.ts";

/** How often one receiver may be triggered; each API process counts by itself. */
export interface TriggerRate {
  /** Counts a trigger. Throws 429 when the receiver had its share of this minute. */
  expectRoom(receiverId: string): void;
}

const minuteMs = 60_000;
/** Receivers that are remembered; one that is forgotten begins anew. */
const receiversAtMost = 10_000;

/** At most `perMinute` triggers of one receiver in any minute; `null`: as many as come. */
export function triggerRate(perMinute: number | null, now: () => number = Date.now): TriggerRate {
  const times = new LRUCache<string, number[]>({ max: receiversAtMost });
  return {
    expectRoom(receiverId) {
      if (perMinute === null) return;
      const at = now();
      const recent = (times.get(receiverId) ?? []).filter((time) => time > at - minuteMs);
      times.set(receiverId, recent);
      if (recent.length >= perMinute) {
        throw new ApiError(429, `This receiver may be triggered ${perMinute} times a minute.`, {
          help: `try again in ${Math.ceil((recent[0]! + minuteMs - at) / 1000)} s`,
        });
      }
      recent.push(at);
    },
  };
}
