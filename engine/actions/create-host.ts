import type pg from "pg";
import type { Logger } from "pino";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { readBrokerSettings } from "../host/broker/broker-settings.ts";
import { createPluginHost } from "../host/create-plugin-host.ts";
import type { PluginHost } from "../host/plugin-host.ts";
import { createSecretReader } from "../host/secrets/secret-reader.ts";
import { readSecretRules } from "../host/secrets/secret-rules.ts";
import { insertAudit } from "../store/insert-audit.ts";
import { findPluginBundle } from "../store/plugins.ts";
import { pluginStateStore } from "./plugin-state-store.ts";

/** A plugin host whose bundles, state and audit are in the database; `spares`: guest processes that are started ahead. */
export function createHost(
  pool: pg.Pool,
  logger: Logger,
  {
    config = currentConfig(),
    spares = 1,
  }: { readonly config?: Config | undefined; readonly spares?: number } = {},
): PluginHost {
  return createPluginHost({
    spares,
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
