import { Argument, type Command } from "commander";
import { newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import type { ActionAnswer } from "../wire.ts";

const kinds = ["cluster", "node", "action", "program"] as const;
type Kind = (typeof kinds)[number];

/** `coppice show` */
export function showCommand(): Command {
  return newCommand("show", {
    summary: "show one cluster, node, action or program",
    description:
      "Shows everything the server knows of one thing; of an action also what policies decided, and why it failed.",
    examples: [
      ["coppice show cluster storefront", "by name"],
      ["coppice show action 0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f", "by id"],
    ],
  })
    .addArgument(new Argument("<kind>", "what it is").choices(kinds))
    .argument("<name-or-id>", "its name or id (an action has only an id)")
    .action(async (kind: Kind, name: string, options: OutputOptions) => {
      const output = openOutput(options);
      const { findServer } = await import("../find-server.ts");
      const answer = await findServer().call<Record<string, Readonly<Record<string, unknown>>>>(
        "GET",
        `/v1/${kind}s/${encodeURIComponent(name)}`,
      );
      output.data(answer);
      const thing = answer[kind] ?? {};
      const { printFields } = await import("../print-fields.ts");
      printFields(thing, output, kind === "action" ? ["failure", "decisions"] : []);
      if (kind !== "action") return;
      const { printActionEnd, printDecisions } = await import("../print-action.ts");
      const action = thing as unknown as ActionAnswer; // the route's own schema
      output.line();
      if (hasEnded(action)) printActionEnd(action, output);
      printDecisions(action, output);
    });
}

/** One that waits for `complete_lifecycle` is WAITING here, which it is nowhere else. */
function hasEnded({ status }: ActionAnswer): boolean {
  return status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED";
}
