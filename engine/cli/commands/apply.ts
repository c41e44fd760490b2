import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface ApplyOptions extends OutputOptions {
  readonly set: readonly string[];
  readonly yes?: boolean;
  readonly wait: boolean;
}

/** `coppice apply` */
export function applyCommand(): Command {
  return newCommand("apply", {
    summary: "make what is there what the program says",
    description:
      "Shows what would change, asks, applies it in one transaction, and follows the actions that this starts to their end.\n" +
      "Given a plan that `coppice plan -o` saved, does just what it says, or refuses when something that it was made from\n" +
      "has moved (exit code 8). Exits 3 when the program has errors (nothing is changed then), 1 when an action fails.",
    examples: [
      ["coppice apply examples/storefront.coppice", "asks before it changes anything"],
      ["coppice apply --yes --json shop.coppice", "in a script"],
      ["coppice apply --yes --no-wait shop.coppice", "return once the actions are accepted"],
    ],
  })
    .argument("<file>", "the program, or a saved plan; - for a program on standard input")
    .addOption(setOption("set one of the program's parameters; may be repeated"))
    .option("-y, --yes", "don't ask")
    .option("--no-wait", "don't follow the actions to their end")
    .action(async (file: string, options: ApplyOptions) => {
      const output = openOutput(options);
      const { applyProgram } = await import("../apply-program.ts");
      const ended = await applyProgram({
        file,
        settings: options.set,
        yes: options.yes === true,
        wait: options.wait,
        output,
      });
      if (!ended.ok) process.exitCode = exitCodes.failed;
    });
}
