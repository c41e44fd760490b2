import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface TestPluginOptions extends OutputOptions {
  readonly program?: string;
  readonly set: readonly string[];
  readonly only?: string;
}

/** `coppice plugin test` */
export function testPluginCommand(): Command {
  return newCommand("test", {
    summary: "test whether a plugin keeps the contract",
    description:
      "Runs the plugin as the engine does, in real isolates behind the real broker, and asks of it what the engine relies\n" +
      "on: repeats, lost replies, time-outs, kills and cancels in the middle of each operation, outages, batches, leaks.\n" +
      "What it is tested with comes from conformance.json in its folder, from a program, or is guessed from its manifest.\n" +
      "Exits 1 when a check fails.",
    examples: [
      ["coppice plugin test plugins/fake", "all checks that apply to it"],
      [
        "coppice plugin test plugins/docker --program examples/containers.coppice",
        "with a program's settings",
      ],
      ["coppice plugin test plugins/fake --only create", "a part, and what it builds on"],
    ],
  })
    .argument("<path>", "the plugin's folder, file or archive")
    .option("--program <file>", "take settings, grants and properties from this program")
    .addOption(setOption("with --program: set one of its parameters; may be repeated"))
    .option(
      "--only <texts>",
      "only checks with one of these in their name (create,find), and what they build on",
    )
    .action(async (path: string, options: TestPluginOptions) => {
      const { testPlugin } = await import("../test-plugin.ts");
      const passed = await testPlugin({
        path,
        program: options.program,
        set: options.set,
        only: options.only,
        output: openOutput(options),
      });
      if (!passed) process.exitCode = exitCodes.failed;
    });
}
