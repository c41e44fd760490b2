import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface ApprovalsOptions extends OutputOptions {
  readonly all?: boolean;
}

/** `coppice approvals` */
export function approvalsCommand(): Command {
  return newCommand("approvals", {
    summary: "list what runs ask people",
    description:
      "Lists the questions of running actions (approve in the language) that wait for an answer, newest first.",
    examples: [
      ["coppice approvals", "those that wait"],
      ["coppice approvals --all", "with those that were answered, by whom and why"],
    ],
  })
    .option("--all", "also those that were answered")
    .action(async (options: ApprovalsOptions) => {
      const output = openOutput(options);
      const { listApprovals } = await import("../answer-approval.ts");
      await listApprovals({ all: options.all === true, output });
    });
}
