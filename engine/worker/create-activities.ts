import pLimit from "p-limit";
import type pg from "pg";
import type { Logger } from "pino";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type { LocalActivities, OutsideActivities, TriggerActivities } from "../../workflows/activities.ts";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { readBrokerSettings } from "../host/broker/broker-settings.ts";
import { createPluginHost } from "../host/create-plugin-host.ts";
import type { PluginHost } from "../host/plugin-host.ts";
import { createSecretReader } from "../host/secrets/secret-reader.ts";
import { readSecretRules } from "../host/secrets/secret-rules.ts";
import { findSecret } from "../store/find-secret.ts";
import { insertAudit } from "../store/insert-audit.ts";
import { loadClusterPlugin } from "../store/load-cluster-plugin.ts";
import { loadPluginUse } from "../store/load-plugin-use.ts";
import { loadProfiles } from "../store/load-profiles.ts";
import { findPluginBundle, findPlugins } from "../store/plugins.ts";
import type { CallTools } from "./call-tools.ts";
import { systemClock } from "./clock.ts";
import { driverAbilities } from "./driver-abilities.ts";
import { EventLines } from "./event-lines.ts";
import { gatherCalls } from "./gather-calls.ts";
import { createLocalActivities } from "./local-activities.ts";
import { createOutsideActivities } from "./outside-activities.ts";
import { pluginStateStore } from "./plugin-state-store.ts";
import { createTriggerActivities } from "./trigger-activities.ts";

/** How a worker does its activities. */
export interface ActivitySettings {
  readonly logger: Logger;
  /** Nodes in one activity; computed from the step's size when left out. */
  readonly nodesPerActivity?: number;
  /** Driver calls under way at once; 64 when left out. */
  readonly callsAtOnce?: number;
}

/** All activities of a worker, over its database and its plugin host. */
export function createActivities(
  q: ActivitySettings,
  pool: pg.Pool,
  host: PluginHost,
): LocalActivities & OutsideActivities & TriggerActivities {
  return {
    ...createTriggerActivities(pool),
    ...createLocalActivities({ pool, nodesPerActivity: q.nodesPerActivity ?? null }),
    ...createOutsideActivities(callTools(q, pool, host)),
  };
}

/** A plugin host whose bundles, state and audit are in the database. */
export function createHost(pool: pg.Pool, logger: Logger, config: Config = currentConfig()): PluginHost {
  return createPluginHost({
    async bundles(hash) {
      const found = await findPluginBundle(pool, { hash });
      // The manifest was checked when the plugin came in.
      return found === null
        ? undefined
        : { bundle: found.bundle, manifest: found.manifest as unknown as Manifest };
    },
    state: pluginStateStore(pool),
    audit: { write: (entries) => insertAudit(pool, entries) },
    secrets: createSecretReader(readSecretRules(config), config.environment),
    broker: readBrokerSettings(config),
    logger,
  });
}

function callTools(q: ActivitySettings, pool: pg.Pool, host: PluginHost): CallTools {
  const limit = pLimit(q.callsAtOnce ?? 64);
  const abilities = driverAbilities(async (hash) => {
    const [plugin] = await findPlugins(pool, { hashes: [hash] });
    return plugin?.manifest as unknown as Manifest | undefined; // checked when it came in
  });
  return {
    pool,
    host: { ...host, ...gatherCalls(host, abilities) },
    abilities,
    logger: q.logger,
    clock: systemClock,
    limit: (work) => limit(work),
    profile: async ({ actionId, profileId }) =>
      (await loadProfiles(pool, { actionId, profileIds: [profileId] }))[0],
    plugin: (call) => loadPluginUse(pool, call),
    clusterPlugin: (call) => loadClusterPlugin(pool, call),
    secret: (call) => findSecret(pool, call),
    lines: (call) => new EventLines(pool, call),
    async updatable(hash, profile) {
      const [plugin] = await findPlugins(pool, { hashes: [hash] });
      const manifest = plugin?.manifest as unknown as Manifest | undefined; // checked when it came in
      const properties = Object.entries(manifest?.profiles[profile]?.properties ?? {});
      return new Set(properties.filter(([, schema]) => schema.updatable === true).map(([name]) => name));
    },
  };
}
