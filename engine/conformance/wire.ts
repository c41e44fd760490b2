import type { Around } from "../host/broker/interposed-broker.ts";
import { HostFailure } from "../host/plugin-host.ts";

/** What happens to one call's requests on their way to the broker and back. */
export type Disturbance =
  /** Request number `at` (from 1) is performed; then `then` decides what its sender sees. */
  | { readonly kind: "after"; readonly at: number; readonly then: () => Promise<never> }
  /** No request reaches anything. */
  | { readonly kind: "unreachable" };

/** Counts the requests of each call, and disturbs those that it is told to. */
export class Wire {
  readonly #counts = new Map<string, number>();
  readonly #disturbances = new Map<string, Disturbance>();
  /** All capabilities that the plugin has asked for. */
  readonly used = new Set<string>();

  /** How many requests a call has made: what it only waited for (`sleep`) doesn't count. */
  requests(callId: string): number {
    return this.#counts.get(callId) ?? 0;
  }

  disturb(callId: string, disturbance: Disturbance): void {
    this.#disturbances.set(callId, disturbance);
  }

  /** For `createPluginHost`. */
  readonly around: Around = async ({ call, capability }, perform) => {
    if (capability === "sleep") return perform();
    this.used.add(capability);
    const { callId } = call.origin;
    const count = this.requests(callId) + 1;
    this.#counts.set(callId, count);
    const disturbance = this.#disturbances.get(callId);
    if (disturbance?.kind === "unreachable") throw lost("the outside can't be reached");
    const answer = await perform();
    return disturbance?.at === count ? disturbance.then() : answer;
  };
}

/** What a plugin sees when a request came to nothing, or its reply did. */
export function lost(message: string): HostFailure {
  return new HostFailure(message, { code: "host-failed", retryable: true });
}
