import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface PlanRunOptions extends OutputOptions {
  readonly program?: string;
  readonly local?: string;
  readonly set: readonly string[];
}

/** `coppice plan run` */
export function planRunCommand(): Command {
  return newCommand("run", {
    summary: "show what an action would do, without doing it",
    description:
      "Rehearses an action over what is there now, with drivers that only take notes: its steps with nodes and arguments,\n" +
      "what each policy would choose, bound and deny, what it may need, and what stays unknown until it runs. Changes\n" +
      "nothing. Exits 1 when it would fail.",
    examples: [
      ["coppice plan run roll cluster=storefront image=shop/web:2", "an action of an applied program"],
      ["coppice plan run CLUSTER_RESIZE cluster=storefront size=2", "a built-in one"],
      ["coppice plan run --local shop.coppice roll cluster=web image=shop/web:2", "needs no server"],
    ],
  })
    .argument("<action>", "the action's name")
    .argument("[name=value...]", "its arguments: text, or JSON")
    .option("--program <name>", "the program it belongs to, when several have one of this name")
    .option("--local <file>", "over this program's own clusters, with all their nodes, instead of a server's")
    .addOption(setOption("with --local: set one of the program's parameters; may be repeated"))
    .action(async (action: string, args: readonly string[], options: PlanRunOptions) => {
      const { planRun } = await import("../plan-run.ts");
      const wouldSucceed = await planRun({
        action,
        arguments: args,
        program: options.program,
        local: options.local,
        settings: options.set,
        output: openOutput(options),
      });
      if (!wouldSucceed) process.exitCode = exitCodes.failed;
    });
}
