import { Argument, type Command } from "commander";
import { newCommand } from "../command.ts";
import { parseCount } from "../count-option.ts";
import { listKinds } from "../list-kinds.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface LsOptions extends OutputOptions {
  readonly cluster?: string;
  readonly status?: string;
  readonly limit: string;
}

/** `coppice ls` */
export function lsCommand(): Command {
  return newCommand("ls", {
    summary: "list clusters, nodes, actions, programs, plugins or events",
    description: "Lists what the server knows, newest first or by name, as a table or as JSON.",
    examples: [
      ["coppice ls clusters", "all clusters of the project"],
      ["coppice ls nodes --cluster storefront", "one cluster's nodes"],
      ["coppice ls actions --status FAILED --json", "for scripts"],
    ],
  })
    .addArgument(new Argument("<kind>", "what to list").choices(Object.keys(listKinds)))
    .option("--cluster <name>", "only what belongs to this cluster (name or id)")
    .option("--status <status>", "only what has this status")
    .option("--limit <count>", "at most so many, 1 to 1000", parseCount, "100")
    .action(async (kind: string, options: LsOptions) => {
      const output = openOutput(options);
      const { listThings } = await import("../list-things.ts");
      await listThings({
        kind,
        cluster: options.cluster,
        status: options.status,
        limit: options.limit,
        output,
      });
    });
}
