import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { addConfigOptions } from "../config-options.ts";
import type { OutputOptions } from "../output.ts";

/** `coppice worker` */
export function workerCommand(): Command {
  const command = newCommand("worker", {
    summary: "run one worker (up does so by itself)",
    description:
      "Runs workflows and their activities, with the plugin host, until Ctrl-C. Start as many as you like, on as many\n" +
      "machines: they need only DATABASE_URL and TEMPORAL_ADDRESS (and TEMPORAL_NAMESPACE, unless it is default), and\n" +
      "the values of secrets that COPPICE_SECRET_ENV and COPPICE_SECRET_DIR allow programs to use.",
    examples: [
      [
        "DATABASE_URL=postgres://user:password@db/coppice TEMPORAL_ADDRESS=temporal:7233 coppice worker",
        "beside the API, or elsewhere",
      ],
    ],
  }).action(async (_options: OutputOptions) => {
    const [{ currentConfig }, { serve }, { runWorker }, { pino }] = await Promise.all([
      import("../../config/current-config.ts"),
      import("../serve.ts"),
      import("../../worker/run-worker.ts"),
      import("pino"),
    ]);
    const config = currentConfig();
    const nodesPerActivity = config.get("nodes-per-activity");
    const metricsPort = config.get("metrics-port");
    const logger = pino({ name: "worker" });
    await serve(async () => {
      const stop = new AbortController();
      const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
      const running = runWorker(
        {
          databaseUrl: config.get("database-url") ?? "", // needed, below
          temporalAddress: config.get("temporal-address") ?? "",
          namespace: config.get("temporal-namespace"),
          logger,
          pace: {
            batchSize: null,
            pauseMs: config.get("batch-pause").milliseconds,
            window: config.get("action-window"),
            rows: config.get("database-batch"),
          },
          ...(nodesPerActivity === null ? {} : { nodesPerActivity }),
          ...(metricsPort === null ? {} : { metricsPort }),
        },
        stop.signal,
        onReady,
      );
      await Promise.race([ready, running]);
      return {
        ended: running,
        async close() {
          stop.abort();
          await running;
        },
      };
    });
  });
  return addConfigOptions(command, {
    reader: "worker",
    flagsOf: ["worker"],
    needs: ["database-url", "temporal-address"],
  });
}
