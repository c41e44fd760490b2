import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface RunOptions extends OutputOptions {
  readonly program?: string;
  readonly requestKey?: string;
  readonly override?: string;
  readonly wait: boolean;
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
    ],
  })
    .argument("<action>", "the action's name")
    .argument("[name=value...]", "its arguments: text, or JSON")
    .option("--program <name>", "the program it belongs to, when several have one of this name")
    .option("--request-key <key>", "the same key never starts a second action")
    .option("--override <reason>", "pass over a policy that yields to your role; the reason is kept")
    .option("--no-wait", "don't follow it to its end")
    .action(async (action: string, args: readonly string[], options: RunOptions) => {
      const { runAction } = await import("../run-action.ts");
      const ended = await runAction({
        action,
        arguments: args,
        program: options.program,
        requestKey: options.requestKey,
        override: options.override,
        wait: options.wait,
        output: openOutput(options),
      });
      if (options.wait && ended.status !== "SUCCEEDED") process.exitCode = exitCodes.failed;
    });
}
