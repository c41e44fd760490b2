import type { Command } from "commander";
import { newCommand } from "../command.ts";
import type { OutputOptions } from "../output.ts";

/** `coppice worker` */
export function workerCommand(): Command {
  return newCommand("worker", {
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
    const { readConnectionEnv } = await import("../connection-env.ts");
    const env = readConnectionEnv();
    const [{ serve }, { runWorker }, { pino }] = await Promise.all([
      import("../serve.ts"),
      import("../../worker/run-worker.ts"),
      import("pino"),
    ]);
    const logger = pino({ name: "worker" });
    await serve(async () => {
      const stop = new AbortController();
      const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
      const running = runWorker(
        {
          databaseUrl: env.databaseUrl,
          temporalAddress: env.temporalAddress,
          namespace: env.temporalNamespace,
          logger,
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
}
