import type pg from "pg";
import type { Logger } from "pino";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type {
  LocalActivities,
  OutsideActivities,
  Pace,
  TriggerActivities,
} from "../../workflows/activities.ts";
import type { PluginHost } from "../host/plugin-host.ts";
import { findSecret } from "../store/find-secret.ts";
import { loadClusterPlugin } from "../store/load-cluster-plugin.ts";
import { loadPluginUse } from "../store/load-plugin-use.ts";
import { loadProfiles } from "../store/load-profiles.ts";
import { findPlugins } from "../store/plugins.ts";
import type { CallTools } from "./call-tools.ts";
import { systemClock } from "./clock.ts";
import { driverAbilities } from "./driver-abilities.ts";
import { EventLines } from "./event-lines.ts";
import { fairLimit } from "./fair-limit.ts";
import { gatherCalls } from "./gather-calls.ts";
import { createLocalActivities } from "./local-activities.ts";
import { createOutsideActivities } from "./outside-activities.ts";
import { createTriggerActivities } from "./trigger-activities.ts";

/** How a worker does its activities. */
export interface ActivitySettings {
  readonly logger: Logger;
  /** Nodes in one activity; computed from the step's size when left out. */
  readonly nodesPerActivity?: number;
  /** How actions go through their nodes; computed when it is left out. */
  readonly pace?: Pace;
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
    ...createLocalActivities({
      pool,
      nodesPerActivity: q.nodesPerActivity ?? null,
      ...(q.pace && { pace: q.pace }),
    }),
    ...createOutsideActivities(callTools(q, pool, host)),
  };
}

function callTools(q: ActivitySettings, pool: pg.Pool, host: PluginHost): CallTools {
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
    limit: fairLimit(q.callsAtOnce ?? 64),
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
