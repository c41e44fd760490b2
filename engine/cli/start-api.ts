import type { Pool } from "pg";
import { type Logger, pino } from "pino";
import { AccessConfigError } from "../access/access-config-error.ts";
import { type Access, createAccess } from "../access/create-access.ts";
import { ensureLocalToken } from "../access/local/machine-token.ts";
import { readAccessConfig } from "../access/read-access-config.ts";
import { offerPlugins } from "../actions/offer-plugins.ts";
import { createServer } from "../api/create-server.ts";
import { watchedFolders } from "../plugins/watched-plugins.ts";
import { findHome, makeHome } from "../stack/home.ts";
import { createPool } from "../store/pool.ts";
import { createTemporalClient } from "../temporal/client.ts";
import { CliError } from "./cli-error.ts";
import type { ConnectionEnv } from "./connection-env.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Serving } from "./serve.ts";

/** Starts the API server, with a token for this machine's user in the home. */
export async function startApi(q: ConnectionEnv & { host: string; port: number }): Promise<Serving> {
  const logger = pino({ name: "api" });
  const pool = createPool({
    url: q.databaseUrl,
    onError: (error) => logger.warn({ err: error }, "lost a database connection"),
  });
  const home = findHome();
  makeHome(home);
  const access = await openAccess(pool, logger);
  await ensureLocalToken(pool, home.token);
  const client = createTemporalClient({ address: q.temporalAddress, namespace: q.temporalNamespace });
  const server = await createServer({
    pool,
    access,
    logger,
    databaseUrl: q.databaseUrl,
    temporal: { client, uiUrl: q.temporalUi },
  });
  await server.listen({ host: q.host, port: q.port }).catch((cause) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(exitCodes.failed, `can't listen on port ${q.port} of ${q.host}: ${why}`, {
      help: `Stop what listens there (ss -ltnp, lsof -i :${q.port}), or name another with --host and --port.`,
      cause,
    });
  });
  const folders = watchedFolders();
  const offers = folders.length === 0 ? null : offerPlugins({ pool, logger, folders });
  return {
    async close() {
      await offers?.close();
      await server.close();
      await access.close();
      await client.connection.close();
      await pool.end();
    },
  };
}

async function openAccess(pool: Pool, logger: Logger): Promise<Access> {
  try {
    return await createAccess({ ...readAccessConfig(), pool, logger });
  } catch (error) {
    if (!(error instanceof AccessConfigError)) throw error;
    throw new CliError(exitCodes.usage, error.message, { help: error.help, cause: error });
  }
}
