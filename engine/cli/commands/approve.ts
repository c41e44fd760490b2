import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { parseId } from "../id-option.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface ApproveOptions extends OutputOptions {
  readonly no?: boolean;
  readonly reason?: string;
  readonly call?: string;
}

/** `coppice approve` */
export function approveCommand(): Command {
  return newCommand("approve", {
    summary: "answer what a run asks",
    description:
      "Says yes, or with --no no, to the question of a running action. Your token needs the role that the program names.\n" +
      "An answer can't be taken back.",
    examples: [
      ["coppice approve 0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f", "yes"],
      ['coppice approve 0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f --no --reason "not on a Friday"', "no, and why"],
    ],
  })
    .argument("<id>", "the action's id", parseId)
    .option("--no", "refuse it: the action fails as its program says")
    .option("--reason <text>", "kept with the answer")
    .option("--call <id>", "which question, when the action asks several at once")
    .action(async (id: string, options: ApproveOptions) => {
      const output = openOutput(options);
      const { answerApproval } = await import("../answer-approval.ts");
      await answerApproval({
        id,
        answer: options.no === true ? "refused" : "granted",
        reason: options.reason,
        call: options.call,
        output,
      });
    });
}
