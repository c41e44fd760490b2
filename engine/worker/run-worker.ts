import { Client } from "@temporalio/client";
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from "@temporalio/worker";
import pLimit from "p-limit";
import type pg from "pg";
import type { Logger } from "pino";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { createPluginHost } from "../host/create-plugin-host.ts";
import type { PluginHost } from "../host/plugin-host.ts";
import { insertAudit } from "../store/insert-audit.ts";
import { findPluginBundle, findPlugins } from "../store/plugins.ts";
import { createPool } from "../store/pool.ts";
import { startDispatcher } from "../temporal/dispatcher.ts";
import { startReconciler } from "../temporal/reconciler.ts";
import type { CallTools } from "./call-tools.ts";
import { createWorker } from "./create-worker.ts";
import { createLocalActivities } from "./local-activities.ts";
import { createOutsideActivities } from "./outside-activities.ts";
import { pluginStateStore } from "./plugin-state-store.ts";

export interface WorkerSettings {
  readonly databaseUrl: string;
  /** `127.0.0.1:7233` */
  readonly temporalAddress: string;
  readonly namespace?: string;
  readonly logger: Logger;
  /** Nodes in one activity; computed from the step's size when left out. */
  readonly nodesPerActivity?: number;
  /** Driver calls under way at once; 64 when left out. */
  readonly callsAtOnce?: number;
}

/**
 * Runs a worker until `signal` aborts: the interpreter, its activities with their plugin host, a dispatcher and a
 * reconciler. Waits for Temporal when it isn't there yet. `onReady` is called once, when it takes work. As many workers
 * as wanted may run, on as many machines.
 */
export async function runWorker(q: WorkerSettings, signal: AbortSignal, onReady: () => void): Promise<void> {
  quietRuntime(q.logger);
  const pool = createPool({
    url: q.databaseUrl,
    max: 20,
    onError: (error) => q.logger.warn({ err: error }, "lost a database connection"),
  });
  const host = createHost(pool, q.logger);
  try {
    const connection = await connect(q, signal);
    if (connection === null) return;
    try {
      await runConnected(q, { pool, host, connection, signal, onReady });
    } finally {
      await connection.close();
    }
  } finally {
    await host.close();
    await pool.end();
  }
}

async function runConnected(
  q: WorkerSettings,
  parts: {
    pool: pg.Pool;
    host: PluginHost;
    connection: NativeConnection;
    signal: AbortSignal;
    onReady: () => void;
  },
): Promise<void> {
  const { pool, connection, signal } = parts;
  const namespace = q.namespace ?? "default";
  const activities = {
    ...createLocalActivities({ pool, nodesPerActivity: q.nodesPerActivity ?? null }),
    ...createOutsideActivities(callTools(q, pool, parts.host)),
  };
  const worker = await createWorker({ connection, namespace, activities });
  const client = new Client({ connection, namespace });
  const running = worker.run();
  const dispatcher = await startDispatcher({
    pool,
    databaseUrl: q.databaseUrl,
    client,
    logger: q.logger,
    eager: true,
  });
  const reconciler = startReconciler({ pool, client, logger: q.logger });
  const stop = () => worker.shutdown();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  parts.onReady();
  try {
    await running;
  } finally {
    signal.removeEventListener("abort", stop);
    await Promise.all([dispatcher.stop(), reconciler.stop()]);
  }
}

function createHost(pool: pg.Pool, logger: Logger): PluginHost {
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
    logger,
  });
}

function callTools(q: WorkerSettings, pool: pg.Pool, host: PluginHost): CallTools {
  const limit = pLimit(q.callsAtOnce ?? 64);
  return {
    pool,
    host,
    logger: q.logger,
    limit: (work) => limit(work),
    async updatable(hash, profile) {
      const [plugin] = await findPlugins(pool, { hashes: [hash] });
      const manifest = plugin?.manifest as unknown as Manifest | undefined; // checked when it came in
      const properties = Object.entries(manifest?.profiles[profile]?.properties ?? {});
      return new Set(properties.filter(([, schema]) => schema.updatable === true).map(([name]) => name));
    },
  };
}

/** Temporal's connection, tried until it is there; `null` when `signal` aborts first. */
async function connect(q: WorkerSettings, signal: AbortSignal): Promise<NativeConnection | null> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      return await NativeConnection.connect({ address: q.temporalAddress });
    } catch (error) {
      if (!told)
        q.logger.warn({ err: error, address: q.temporalAddress }, "Temporal is not there yet; waiting");
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return null;
}

let quieted = false;

/** Temporal's own log goes into ours, from warnings on; once a process. */
function quietRuntime(logger: Logger): void {
  if (quieted) return;
  quieted = true;
  Runtime.install({
    logger: new DefaultLogger("WARN", ({ level, message, meta }) => {
      if (level === "ERROR") logger.error(meta ?? {}, message);
      else logger.warn(meta ?? {}, message);
    }),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: "WARN" }) } },
    shutdownSignals: [],
  });
}
