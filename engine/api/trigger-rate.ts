import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { ApiError } from "./api-error.ts";

/** How often one receiver may be triggered; each API process counts by itself. */
export interface TriggerRate {
  /** Counts a trigger. Refuses (429) when the receiver had its share of this minute. */
  expectRoom(receiverId: string): Promise<void>;
  /** The same for what can wait: counts a trigger unless the receiver had its share. */
  hasRoom(receiverId: string): Promise<boolean>;
}

/** At most `perMinute` triggers of one receiver; `null`: as many as come. */
export function triggerRate(perMinute: number | null): TriggerRate {
  if (perMinute === null) return { expectRoom: async () => {}, hasRoom: async () => true };
  const receivers = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return {
    async expectRoom(receiverId) {
      try {
        await receivers.consume(receiverId);
      } catch (seen) {
        if (!(seen instanceof RateLimiterRes)) throw seen;
        const seconds = Math.max(1, Math.ceil(seen.msBeforeNext / 1000));
        const text = `Too many requests: ${perMinute} triggers a minute of this receiver is the limit. Retry in ${seconds} s.`;
        throw new ApiError(429, text, { headers: { "retry-after": String(seconds) } });
      }
    },
    async hasRoom(receiverId) {
      const taken = await receivers.consume(receiverId).catch((seen: unknown) => {
        if (!(seen instanceof RateLimiterRes)) throw seen;
        return null;
      });
      return taken !== null;
    },
  };
}
