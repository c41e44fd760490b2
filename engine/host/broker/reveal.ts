import { HostFailure } from "../plugin-host.ts";
import type { Capability } from "./broker-call.ts";
import { requireGrant } from "./grants.ts";

/** `host.reveal`: the value of a secret that this call was given. What the plugin says to people is still cleaned of it. */
export const revealCapability: Capability = {
  target: () => "a secret of the call",
  async run(call, input) {
    requireGrant(call, "reveal", null);
    const handle = (input as { secret?: unknown } | null)?.secret;
    const found = typeof handle === "string" ? call.secrets.valueOf(handle) : undefined;
    if (found === undefined)
      throw new HostFailure("reveal takes a secret that this call was given", {
        code: "bad-request",
        retryable: false,
        help: "pass on the text that stands in the Secret property or argument",
      });
    return { value: found.value, bytesIn: found.value.length, revealed: true };
  },
};
