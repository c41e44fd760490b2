import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface ImpactOptions extends OutputOptions {
  readonly set: readonly string[];
}

/** `coppice impact` */
export function impactCommand(): Command {
  return newCommand("impact", {
    summary: "show which clusters and actions a changed program affects",
    description:
      "Compares a program with what is applied of it, and shows for each changed policy, profile, action, enum, record,\n" +
      "secret and plugin which clusters, actions and triggers that affects, and by which way. Changes nothing.",
    examples: [["coppice impact shop.coppice", "before it is applied"]],
  })
    .argument("<file>", "the program; - for standard input")
    .addOption(setOption("set one of the program's parameters; may be repeated"))
    .action(async (file: string, options: ImpactOptions) => {
      const { showImpact } = await import("../impact.ts");
      await showImpact(file, options.set, openOutput(options));
    });
}
