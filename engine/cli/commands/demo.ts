import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { addConfigOptions } from "../config-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface DemoOptions extends OutputOptions {
  readonly once?: boolean;
}

/** `coppice demo`, which is what `npm start` runs. */
export function demoCommand(): Command {
  const command = newCommand("demo", {
    summary: "start everything and run an example to its end",
    description:
      "Starts the stack, applies examples/storefront.coppice, rolls a new image over its cluster, and says what happened\n" +
      "and where to look at it. Stays up until Ctrl-C. May be run again and again on the same home.",
    examples: [
      ["coppice demo", "and then look around"],
      ["coppice demo --once", "stop everything when it is through"],
    ],
  })
    .option("--once", "stop everything when the action has ended")
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import("../run-demo.ts");
      const succeeded = await runDemo({ once: options.once === true, output: openOutput(options) });
      if (!succeeded) process.exitCode = exitCodes.failed;
    });
  return addConfigOptions(command, { reader: "up", flagsOf: [] }); // it starts what `up` starts
}
