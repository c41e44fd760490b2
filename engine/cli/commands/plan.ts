import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface PlanOptions extends OutputOptions {
  readonly set: readonly string[];
}

/** `coppice plan` */
export function planCommand(): Command {
  return newCommand("plan", {
    summary: "show what `apply` would change",
    description: "Compiles the program on the server and compares it with what is there. Changes nothing.",
    examples: [
      ["coppice plan examples/storefront.coppice", "what would change"],
      ["coppice plan shop.coppice --set image=shop/web:2", "with a parameter"],
    ],
  })
    .argument("<file>", "the program; - for standard input")
    .addOption(setOption("set one of the program's parameters; may be repeated"))
    .action(async (file: string, options: PlanOptions) => {
      const output = openOutput(options);
      const { submitProgram } = await import("../submit-program.ts");
      const { printChanges } = await import("../print-changes.ts");
      const answer = await submitProgram("/v1/plans", file, options.set, output);
      printChanges(answer.changes, output);
      output.data(answer);
    });
}
