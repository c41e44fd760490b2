import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";

/** `coppice explain` */
export function explainCommand(): Command {
  return newCommand("explain", {
    summary: "say why an action or a node is as it is",
    description:
      "Of an action: what led to it, what it waits for and who is in the way, what policies decided and where that is\n" +
      "written, what each step did and undid, and where it failed. Of a node: its last operations, and what was decided\n" +
      "about it. From stored facts alone.",
    examples: [
      ["coppice explain 0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f", "an action"],
      ["coppice explain storefront-2", "a node, by name or id"],
    ],
  })
    .argument("<action-or-node>", "an action's id, or a node's name or id")
    .action(async (reference: string, options: OutputOptions) => {
      const { explain } = await import("../explain.ts");
      await explain(reference, openOutput(options));
    });
}
