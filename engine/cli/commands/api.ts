import type { Command } from "commander";
import { newCommand } from "../command.ts";
import type { OutputOptions } from "../output.ts";
import { parsePort } from "../port-option.ts";

interface ApiOptions extends OutputOptions {
  readonly host: string;
  readonly port: number;
}

/** `coppice api` */
export function apiCommand(): Command {
  return newCommand("api", {
    summary: "run one API server (up does so by itself)",
    description:
      "Serves the HTTP API until Ctrl-C. Start as many as you like behind a balancer: they need only DATABASE_URL and\n" +
      "TEMPORAL_ADDRESS. The database must be migrated: coppice db migrate.",
    examples: [
      [
        "DATABASE_URL=postgres://user:password@db/coppice TEMPORAL_ADDRESS=temporal:7233 coppice api --host 0.0.0.0",
        "for other machines",
      ],
    ],
  })
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <port>", "port to listen on", parsePort, 8778)
    .action(async (options: ApiOptions) => {
      const { readConnectionEnv } = await import("../connection-env.ts");
      const env = readConnectionEnv();
      const [{ serve }, { startApi }] = await Promise.all([import("../serve.ts"), import("../start-api.ts")]);
      await serve(() => startApi({ ...env, host: options.host, port: options.port }));
    });
}
