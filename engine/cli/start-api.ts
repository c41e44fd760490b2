import { fileURLToPath } from "node:url";
import type { Pool } from "pg";
import { type Logger, pino } from "pino";
import { AccessConfigError } from "../access/access-config-error.ts";
import { type Access, createAccess } from "../access/create-access.ts";
import { ensureLocalToken } from "../access/local/machine-token.ts";
import { readAccessConfig } from "../access/read-access-config.ts";
import { startHeartbeat } from "../actions/heartbeat.ts";
import { offerPlugins, offerStandIn } from "../actions/offer-plugins.ts";
import { publicUrl } from "../api/base-url.ts";
import { createServer } from "../api/create-server.ts";
import type { Config } from "../config/config.ts";
import { PluginError } from "../host/plugin-error.ts";
import { findPluginPath } from "../plugins/find-plugin-path.ts";
import { findHome, makeHome } from "../stack/home.ts";
import { createPool } from "../store/pool.ts";
import { createTemporalClient } from "../temporal/client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Serving } from "./serve.ts";

/** Starts the API server, with a token for this machine's user in the home. */
export async function startApi(config: Config): Promise<Serving> {
  const databaseUrl = config.get("database-url") ?? ""; // the command needs both
  const address = config.get("temporal-address") ?? "";
  const [host, port] = [config.get("api-host"), config.get("api-port")];
  const logger = pino({ name: "api" });
  const pool = createPool({
    url: databaseUrl,
    onError: (error) => logger.warn({ err: error }, "lost a database connection"),
  });
  const home = findHome(config);
  makeHome(home);
  const access = await openAccess(config, pool, logger);
  await ensureLocalToken(pool, home.token);
  const client = createTemporalClient({ address, namespace: config.get("temporal-namespace") });
  const downAfterSeconds = config.get("service-down-time").seconds;
  const server = await createServer({
    pool,
    access,
    logger,
    databaseUrl,
    publicUrl: publicUrl(config),
    serviceDownSeconds: downAfterSeconds,
    triggersPerMinute: config.get("receiver-rate-limit"),
    unsignedWebhooks: config.get("unsigned-webhooks"),
    zaqar: {
      url: config.get("zaqar-url")?.href.replace(/\/+$/, "") ?? null,
      region: config.get("region"),
      interface: config.get("keystone-interface"),
    },
    messagesEverySeconds: 60,
    bodyLimit: config.get("max-body-size"),
    limits: {
      healthCheckIntervalMin: config.get("health-check-interval-min").seconds,
      maximumNodes: config.get("max-nodes-per-cluster"),
      actionTimeoutSeconds: config.get("default-action-timeout").seconds,
    },
    temporal: { client, uiUrl: config.get("temporal-ui")?.href.replace(/\/$/, "") ?? null },
  });
  await offerDefaultCloud(config, pool, logger);
  await server.listen({ host, port }).catch((cause) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(exitCodes.failed, `can't listen on port ${port} of ${host}: ${why}`, {
      help: `Stop what listens there (ss -ltnp, lsof -i :${port}), or name another with --api-host and --api-port.`,
      cause,
    });
  });
  const heartbeat = startHeartbeat({ pool, logger, binary: "coppice-api", downAfterSeconds });
  const folders = config.get("plugin-path");
  const offers = folders.length === 0 ? null : offerPlugins({ pool, logger, folders });
  return {
    async close() {
      await heartbeat.close();
      await offers?.close();
      await server.close();
      await access.close();
      await client.connection.close();
      await pool.end();
    },
  };
}

/** So that a fresh installation knows Senlin's profile types. */
async function offerDefaultCloud(config: Config, pool: Pool, logger: Logger): Promise<void> {
  const name = config.get("default-cloud-plugin");
  if (name === "none") return;
  try {
    const path = name === "openstack_test" ? bundledCloud : findPluginPath(name, process.cwd(), config);
    await offerStandIn({ pool, logger, path });
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    throw new CliError(exitCodes.usage, `default-cloud-plugin: ${error.message}`, {
      ...(error.help === undefined ? {} : { help: error.help }),
      cause: error,
    });
  }
}

const bundledCloud = fileURLToPath(new URL("../../plugins/openstack_test", import.meta.url));

async function openAccess(config: Config, pool: Pool, logger: Logger): Promise<Access> {
  try {
    return await createAccess({ ...readAccessConfig(config), pool, logger });
  } catch (error) {
    if (!(error instanceof AccessConfigError)) throw error;
    throw new CliError(exitCodes.usage, error.message, { help: error.help, cause: error });
  }
}
