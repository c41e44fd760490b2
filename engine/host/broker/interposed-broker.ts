import type { AuditBatch } from "./audit.ts";
import { Broker } from "./broker.ts";
import type { BrokerCall } from "./broker-call.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import type { StateStore } from "./state-store.ts";

/** Stands between a plugin and the broker: it may wait, fail, or throw the answer of `perform` away. */
export type Around = (
  request: { readonly call: BrokerCall; readonly capability: string; readonly input: unknown },
  perform: () => Promise<unknown>,
) => Promise<unknown>;

/** The real broker with someone around each request: for tests of what plugins do when replies are lost. */
export class InterposedBroker extends Broker {
  readonly #around: Around;

  constructor(state: StateStore, audit: AuditBatch, around: Around, settings?: BrokerSettings) {
    super(state, audit, settings);
    this.#around = around;
  }

  override request(call: BrokerCall, name: string, input: unknown): Promise<unknown> {
    return this.#around({ call, capability: name, input }, () => super.request(call, name, input));
  }
}
