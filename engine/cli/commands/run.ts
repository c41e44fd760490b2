import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface RunOptions extends OutputOptions {
  readonly program?: string;
  readonly requestKey?: string;
  readonly override?: string;
  readonly wait: boolean;
  readonly local?: string;
  readonly set: readonly string[];
  readonly state?: string;
  readonly keep?: true;
  readonly yes?: true;
  readonly batchSize?: string;
  readonly batchPause?: string;
  readonly window?: string;
  readonly databaseBatch?: string;
}

/** `coppice run` */
export function runCommand(): Command {
  return newCommand("run", {
    summary: "run an action and follow it to its end",
    description:
      "Starts an action of an applied program and shows its progress and events, then its result, or the failure with\n" +
      "its line of source (exit code 1). Ctrl-C stops following; the action goes on.",
    examples: [
      ["coppice run roll cluster=storefront image=shop/web:2", "an action of the program"],
      ["coppice run CLUSTER_RESIZE cluster=storefront size=5", "a built-in one"],
      ["coppice run --no-wait roll cluster=storefront image=shop/web:2", "print its id and return"],
      [
        "coppice run --local examples/storefront.coppice roll cluster=storefront image=shop/web:2",
        "without a server",
      ],
    ],
  })
    .argument("<action>", "the action's name")
    .argument("[name=value...]", "its arguments: text, or JSON")
    .option("--program <name>", "the program it belongs to, when several have one of this name")
    .option("--request-key <key>", "the same key never starts a second action")
    .option("--override <reason>", "pass over a policy that yields to your role; the reason is kept")
    .option(
      "--batch-size <nodes>",
      "go through the nodes in batches of so many; policies may make them smaller",
    )
    .option("--batch-pause <seconds>", "rest so long between two batches")
    .option("--window <nodes>", "work on so many nodes at once")
    .option("--database-batch <rows>", "write so many rows with one statement")
    .option("--no-wait", "don't follow it to its end")
    .option("--local <file>", "run it here, from this program, without a server: creates its clusters first")
    .addOption(setOption("with --local: set one of the program's parameters; may be repeated"))
    .option("--state <file>", "with --local: keep the clusters in this file for the next run")
    .option("--keep", "with --local: leave the clusters there; else what was created is deleted at the end")
    .option("-y, --yes", "with --local: answer the run's questions with yes")
    .action(async (action: string, args: readonly string[], options: RunOptions) => {
      if (options.local !== undefined) {
        const { runLocal } = await import("../run-local.ts");
        const { status } = await runLocal({
          file: options.local,
          action,
          arguments: args,
          set: options.set,
          override: options.override,
          state: options.state ?? null,
          keep: options.keep === true,
          yes: options.yes === true,
          output: openOutput(options),
        });
        if (status !== "SUCCEEDED") process.exitCode = exitCodes.failed;
        return;
      }
      const { runAction } = await import("../run-action.ts");
      const ended = await runAction({
        action,
        arguments: args,
        program: options.program,
        requestKey: options.requestKey,
        override: options.override,
        pace: {
          batch_size: options.batchSize,
          batch_pause: options.batchPause,
          window: options.window,
          database_batch: options.databaseBatch,
        },
        wait: options.wait,
        output: openOutput(options),
      });
      if (options.wait && ended.status !== "SUCCEEDED") process.exitCode = exitCodes.failed;
    });
}
