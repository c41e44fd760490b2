import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { parseVersion } from "../version-option.ts";

interface RollbackOptions extends OutputOptions {
  readonly yes?: boolean;
  readonly wait: boolean;
}

/** `coppice rollback` */
export function rollbackCommand(): Command {
  return newCommand("rollback", {
    summary: "make an older version of a program current again",
    description:
      "Shows what going back would change, asks, and applies the very plan of that version as a new version. Without a\n" +
      "number it goes back to the newest version that had another plan than the current one.",
    examples: [
      ["coppice rollback storefront", "to the version before"],
      ["coppice rollback storefront 3 --yes", "to version 3, without asking"],
    ],
  })
    .argument("<name>", "the program")
    .argument("[version]", "the version to go back to", parseVersion)
    .option("-y, --yes", "don't ask")
    .option("--no-wait", "don't follow the actions to their end")
    .action(async (name: string, version: string | undefined, options: RollbackOptions) => {
      const { rollBack } = await import("../roll-back.ts");
      const { yes = false, wait } = options;
      const ended = await rollBack({ name, version, yes, wait, output: openOutput(options) });
      if (!ended.ok) process.exitCode = exitCodes.failed;
    });
}
