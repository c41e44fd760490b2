import { HostFailure } from "../plugin-host.ts";
import type { BrokerCall } from "./broker-call.ts";

const atOnce = 256;
const inAll = 100_000;

/** One booked request: `failure` when it's one too many; `told` when that is in the audit already. */
export interface Booking {
  readonly failure: HostFailure | null;
  readonly told: boolean;
  leave(): void;
}

/**
 * How many requests one call makes, at once and in all. The isolate's own code counts too; this also holds against a
 * guest process that somebody took over.
 */
export class CallBudgets {
  readonly #used = new WeakMap<AbortSignal, { open: number; all: number; told: boolean }>();

  enter(call: BrokerCall): Booking {
    const used = this.#used.get(call.signal) ?? { open: 0, all: 0, told: false };
    this.#used.set(call.signal, used);
    const over = used.all >= inAll ? `${inAll} requests in one call` : `${atOnce} requests at once`;
    if (used.all >= inAll || used.open >= atOnce) {
      const { told } = used;
      used.told = true;
      const message = `plugin ${call.manifest.name} makes more than ${over}`;
      const failure = new HostFailure(message, { code: "too-many-requests", retryable: false });
      return { failure, told, leave: () => {} };
    }
    used.open += 1;
    used.all += 1;
    return {
      failure: null,
      told: false,
      leave: () => {
        used.open -= 1;
      },
    };
  }
}
