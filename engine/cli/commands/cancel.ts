import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface CancelOptions extends OutputOptions {
  readonly wait: boolean;
}

/** `coppice cancel` */
export function cancelCommand(): Command {
  return newCommand("cancel", {
    summary: "cancel an action",
    description: "Asks an action to stop; its undo and ensure steps run to their end, which is waited for.",
    examples: [
      ["coppice cancel 0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f", "and see what it undoes"],
      ["coppice cancel --no-wait 0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f", "return at once"],
    ],
  })
    .argument("<id>", "the action's id")
    .option("--no-wait", "don't wait until it has been undone")
    .action(async (id: string, options: CancelOptions) => {
      const output = openOutput(options);
      const { findServer } = await import("../find-server.ts");
      const api = findServer();
      const answer = await api.call("POST", `/v1/actions/${encodeURIComponent(id)}/cancel`);
      if (!options.wait) {
        output.line(`Cancelling ${id}.`);
        output.data(answer);
        return;
      }
      const { watchAction } = await import("../watch-action.ts");
      const { printActionEnd } = await import("../print-action.ts");
      const action = await watchAction({ api, id, output: { ...output, data() {} } });
      printActionEnd(action, output);
      output.data({ action });
      if (action.status !== "CANCELLED") process.exitCode = exitCodes.failed; // it had ended before
    });
}
