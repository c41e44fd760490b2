import { Client } from "@temporalio/client";
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from "@temporalio/worker";
import type pg from "pg";
import type { Logger } from "pino";
import pLimit from "p-limit";
import { createQuestions } from "../actions/ask-plugins.ts";
import { createHost } from "../actions/create-host.ts";
import { startHeartbeat } from "../actions/heartbeat.ts";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { startHealthLoop } from "../health/health-loop.ts";
import { startUpkeepLoop } from "../health/upkeep-loop.ts";
import { startLifecycleListener } from "../health/lifecycle-listener.ts";
import { watchLifecycles } from "../lifecycles/tell-lifecycles.ts";
import { urlTeller } from "../lifecycles/tell-url.ts";
import { readBrokerSettings } from "../host/broker/broker-settings.ts";
import type { PluginHost } from "../host/plugin-host.ts";
import { createPool } from "../store/pool.ts";
import { startDispatcher } from "../temporal/dispatcher.ts";
import { startReconciler } from "../temporal/reconciler.ts";
import { registerSearchAttributes } from "../temporal/search-attributes.ts";
import { reasonOf } from "../temporal/start-run.ts";
import { keepTimeLimits } from "../temporal/time-limits.ts";
import { startTriggerLoop } from "../temporal/trigger-loop.ts";
import { type ActivitySettings, createActivities } from "./create-activities.ts";
import { createWorker } from "./create-worker.ts";
import { startLockLoop } from "./lock-loop.ts";
import { startRetentionLoop } from "./retention-loop.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { startSourceLoop } from "./source-loop.ts";

export interface WorkerSettings extends ActivitySettings {
  readonly databaseUrl: string;
  /** `127.0.0.1:7233` */
  readonly temporalAddress: string;
  readonly namespace?: string;
  /** Where Prometheus may ask; nowhere when it is left out. */
  readonly metricsPort?: number;
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
  const metrics = q.metricsPort === undefined ? null : await serveMetrics(q.metricsPort, host);
  try {
    const connection = await connect(q, signal);
    if (connection === null) return;
    try {
      await runConnected(q, { pool, host, connection, signal, onReady });
    } finally {
      await connection.close();
    }
  } finally {
    await metrics?.close();
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
  const activities = createActivities(q, pool, parts.host);
  const worker = await createWorker({ connection, namespace, activities });
  const client = new Client({ connection, namespace });
  await learnSearchAttributes(client, q.logger);
  const running = worker.run();
  const dispatcher = await startDispatcher({
    pool,
    databaseUrl: q.databaseUrl,
    client,
    logger: q.logger,
    eager: true,
  });
  const reconciler = startReconciler({ pool, client, logger: q.logger });
  const timeLimits = keepTimeLimits({ pool, logger: q.logger });
  const triggers = await startTriggerLoop({ pool, databaseUrl: q.databaseUrl, client, logger: q.logger });
  const downAfterSeconds = currentConfig().get("service-down-time").seconds;
  const heartbeat = startHeartbeat({ pool, logger: q.logger, binary: "coppice-worker", downAfterSeconds });
  const sources = startSourceLoop({ pool, host: parts.host, logger: q.logger });
  const locks = startLockLoop({ pool, host: parts.host, logger: q.logger });
  const events = await startLifecycleListener({ pool, logger: q.logger, ...readBus(currentConfig()) });
  const atOnce = pLimit(currentConfig().get("node-checks-in-flight"));
  const { privateNetworks: networks } = readBrokerSettings(currentConfig());
  const hooks = watchLifecycles({ pool, logger: q.logger, teller: urlTeller({ networks }), everyMs: 1000 });
  const health = startHealthLoop({
    pool,
    logger: q.logger,
    questions: createQuestions(pool, () => parts.host),
    hearsEvents: events !== null,
    networks,
    limit: (work) => atOnce(work),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  const upkeep = startUpkeepLoop({ pool, logger: q.logger });
  const retention = currentConfig().get("retention");
  const old =
    retention === null
      ? []
      : [startRetentionLoop({ pool, logger: q.logger, olderThanSeconds: retention.seconds })];
  const stop = () => worker.shutdown();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  parts.onReady();
  try {
    await running;
  } finally {
    signal.removeEventListener("abort", stop);
    const loops = [
      dispatcher,
      reconciler,
      timeLimits,
      triggers,
      sources,
      locks,
      health,
      hooks,
      upkeep,
      ...old,
    ];
    await Promise.all([...loops.map((loop) => loop.stop()), events?.stop(), heartbeat.close()]);
  }
}

/** Where clouds tell of their servers, as configured. */
function readBus(config: Config): { readonly url: URL | null; readonly exchange: string } {
  return { url: config.get("notifications-url"), exchange: config.get("nova-exchange") };
}

/** A Temporal of someone else's may not let us: then its UI filters less, and everything runs. */
async function learnSearchAttributes(client: Client, logger: Logger): Promise<void> {
  try {
    await client.withDeadline(Date.now() + 5_000, () => registerSearchAttributes(client));
  } catch (error) {
    logger.warn(
      { reason: reasonOf(error) },
      "Temporal's search attributes can't be registered; runs go without",
    );
  }
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
