import pLimit from "p-limit";
import type { Plan } from "../../grammar/plan.ts";
import type { Config } from "../config/config.ts";
import { readBrokerSettings } from "../host/broker/broker-settings.ts";
import { memoryStateStore } from "../host/broker/memory-state-store.ts";
import { createPluginHost } from "../host/create-plugin-host.ts";
import type { HostLogger } from "../host/host-logger.ts";
import type { LoadedPlugin } from "../host/load-plugin.ts";
import { createSecretReader } from "../host/secrets/secret-reader.ts";
import { readSecretRules } from "../host/secrets/secret-rules.ts";
import { systemClock } from "../worker/clock.ts";
import { driverAbilities } from "../worker/driver-abilities.ts";
import { gatherCalls } from "../worker/gather-calls.ts";
import type { LocalWorld } from "./local-effects.ts";
import type { LocalState } from "./local-state.ts";
import { LocalStore } from "./local-store.ts";
import { LockTable } from "./lock-table.ts";
import { planTools } from "./plan-tools.ts";

/** A world of real plugins in real isolates and real time; only the records are in memory. */
export interface PluginWorld extends LocalWorld {
  /** Ends the plugins' processes. */
  close(): Promise<void>;
}

/** Driver calls under way at once, as in a worker. */
const callsAtOnce = 64;

/** Opens a world over what `state` says there is; `pluginState` is what plugins keep, changed in place. */
export function openPluginWorld(q: {
  readonly plan: Plan;
  /** By the hash that the plan names them by. */
  readonly plugins: ReadonlyMap<string, LoadedPlugin>;
  readonly state: LocalState;
  readonly pluginState: Map<string, Map<string, string>>;
  readonly approve: LocalWorld["approve"];
  /** What a plugin says meanwhile. */
  readonly say: (q: { readonly plugin: string; readonly message: string }) => void;
  readonly logger: HostLogger;
  readonly config: Config;
}): PluginWorld {
  const store = new LocalStore(q.state);
  const host = createPluginHost({
    bundles: async (hash) => q.plugins.get(hash),
    state: memoryStateStore(q.pluginState),
    audit: { write: async () => {} }, // nobody could look at it later
    logger: q.logger,
    secrets: createSecretReader(readSecretRules(q.config), q.config.environment),
    broker: readBrokerSettings(q.config),
  });
  const schemas = new Map([...q.plugins].map(([hash, { manifest }]) => [hash, { ...manifest, hash }]));
  const limit = pLimit(callsAtOnce);
  const abilities = driverAbilities(async (hash) => q.plugins.get(hash)?.manifest);
  return {
    store,
    locks: new LockTable(systemClock),
    approve: q.approve,
    tools: {
      ...planTools(q.plan, schemas, store),
      host: gatherCalls(host, abilities),
      abilities,
      clock: systemClock,
      limit: (_, work) => limit(work),
      lines: ({ plugin }) => ({ add: (message) => q.say({ plugin, message }), flush: async () => {} }),
      secret: async ({ name }) => q.plan.secrets[name] ?? null,
    },
    close: () => host.close(),
  };
}
