import { setTimeout as pause } from "node:timers/promises";
import { HostFailure } from "../plugin-host.ts";
import type { Capability } from "./broker-call.ts";
import { shown } from "./shown.ts";

const longest = 60_000;

/** `host.sleep`. Needs no grant. */
export const sleepCapability: Capability = {
  target: (input) => `${shown((input as { milliseconds?: unknown } | null)?.milliseconds, 20)} ms`,
  async run(call, input) {
    const ms = (input as { milliseconds?: unknown } | null)?.milliseconds;
    if (typeof ms !== "number" || !(ms >= 0 && ms <= longest))
      throw new HostFailure(`sleep takes 0 to ${longest} milliseconds`, {
        code: "bad-request",
        retryable: false,
      });
    await pause(ms, undefined, { signal: call.signal });
    return { value: null };
  },
};
