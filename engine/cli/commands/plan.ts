import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";
import type { PlanAnswer } from "../wire.ts";
import { planRunCommand } from "./plan-run.ts";

interface PlanOptions extends OutputOptions {
  readonly set: readonly string[];
  readonly out?: string;
}

/** `coppice plan` */
export function planCommand(): Command {
  return newCommand("plan", {
    summary: "show what `apply` would change",
    description:
      "Compiles the program on the server and compares it with what is there: what would be made, changed, made anew and\n" +
      "deleted, attribute by attribute, and which actions that starts on which nodes. Changes nothing. With -o the plan is\n" +
      "kept in a file; `coppice apply` on that file does just this, or refuses when something has moved since (exit code 8).",
    examples: [
      ["coppice plan examples/storefront.coppice", "what would change"],
      ["coppice plan shop.coppice --set image=shop/web:2", "with a parameter"],
      ["coppice plan run roll cluster=storefront image=shop/web:2", "what an action would do"],
      ["coppice plan shop.coppice -o shop.plan", "keep it for: coppice apply shop.plan"],
    ],
  })
    .enablePositionalOptions()
    .addCommand(planRunCommand())
    .argument("<file>", "the program; - for standard input")
    .addOption(setOption("set one of the program's parameters; may be repeated"))
    .option("-o, --out <plan>", "write the plan to this file, for `coppice apply`")
    .action(async (file: string, options: PlanOptions) => {
      const output = openOutput(options);
      const { findServer } = await import("../find-server.ts");
      const { prepareProgram } = await import("../submit-program.ts");
      const { printChanges } = await import("../print-changes.ts");
      const api = findServer();
      const program = await prepareProgram(file, options.set, output, api);
      const answer = await api.call<PlanAnswer>("POST", "/v1/plans", program);
      printChanges(answer, output);
      if (options.out !== undefined) {
        const { writeSavedPlan } = await import("../saved-plan.ts");
        writeSavedPlan(options.out, program, answer);
        output.note(`Saved; apply just this with: coppice apply ${options.out}`);
      }
      output.data(answer);
    });
}
