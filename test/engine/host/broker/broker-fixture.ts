import { AuditBatch, type AuditEntry } from "../../../../engine/host/broker/audit.ts";
import { Broker } from "../../../../engine/host/broker/broker.ts";
import type { BrokerCall } from "../../../../engine/host/broker/broker-call.ts";
import {
  type BrokerSettings,
  defaultBrokerSettings,
} from "../../../../engine/host/broker/broker-settings.ts";
import { memoryStateStore } from "../../../../engine/host/broker/memory-state-store.ts";
import { CallSecrets } from "../../../../engine/host/secrets/call-secrets.ts";
import type { Grant } from "../../../../grammar/plan.ts";
import type { Need } from "../../../../plugins/sdk/manifest.ts";

/** The real broker without a guest before it, and what it wrote to the audit. */
export function brokerFixture(settings: Partial<BrokerSettings> = {}): {
  readonly broker: Broker;
  readonly audit: AuditEntry[];
} {
  const audit: AuditEntry[] = [];
  const batch = new AuditBatch({ write: async (entries) => void audit.push(...entries) }, () => {});
  return { audit, broker: new Broker(memoryStateStore(), batch, { ...defaultBrokerSettings, ...settings }) };
}

/** One call of a plugin that asks for what it is granted, unless `needs` says otherwise. */
export function brokerCall(q: {
  readonly grants?: readonly Grant[];
  readonly needs?: readonly Need[];
  readonly projectId?: string;
  readonly signal?: AbortSignal;
}): BrokerCall {
  const { grants = [], projectId = "test", signal = new AbortController().signal } = q;
  return {
    manifest: {
      name: "probe",
      version: "1.0.0",
      contract: 1,
      tier: "commands",
      entry: "./plugin.ts",
      description: "for a test",
      needs: q.needs ?? grants.map(({ capability }) => ({ capability, why: "test" })),
      settings: {},
      profiles: {},
      functions: {},
      events: {},
    },
    pluginHash: "h",
    projectId,
    grants,
    origin: { actionId: null, callId: "call" },
    secrets: new CallSecrets(),
    signal,
    onEvent: () => {},
  };
}
