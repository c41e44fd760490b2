import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { addConfigOptions } from "../config-options.ts";
import type { OutputOptions } from "../output.ts";

/** `coppice api` */
export function apiCommand(): Command {
  const command = newCommand("api", {
    summary: "run one API server (up does so by itself)",
    description:
      "Serves the HTTP API until Ctrl-C. Start as many as you like behind a balancer: they need only DATABASE_URL and\n" +
      "TEMPORAL_ADDRESS. The database must be migrated: coppice db migrate.",
    examples: [
      [
        "DATABASE_URL=postgres://user:password@db/coppice TEMPORAL_ADDRESS=temporal:7233 coppice api --api-host 0.0.0.0",
        "for other machines",
      ],
    ],
  }).action(async (_options: OutputOptions) => {
    const [{ currentConfig }, { serve }, { startApi }] = await Promise.all([
      import("../../config/current-config.ts"),
      import("../serve.ts"),
      import("../start-api.ts"),
    ]);
    await serve(() => startApi(currentConfig()));
  });
  return addConfigOptions(command, {
    reader: "api",
    flagsOf: ["api"],
    needs: ["database-url", "temporal-address"],
  });
}
