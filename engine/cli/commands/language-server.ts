import { type Command, Option } from "commander";
import { group } from "../command.ts";

/** `coppice language-server` */
export function languageServerCommand(): Command {
  return group("language-server", {
    summary: "help an editor with programs (docs/editors.md)",
    description:
      "Speaks the Language Server Protocol on standard input and output: an editor starts it, not a person.\n" +
      "Checks programs while they are written; runs nothing, not even plugins.",
    examples: [["coppice language-server --stdio", "what an editor's settings name"]],
  })
    .alias("lsp")
    .addOption(new Option("--stdio", "talk on standard input and output, the only way there is"))
    .addOption(
      new Option("--clientProcessId <id>", "what some editors add; the protocol says it as well").hideHelp(),
    )
    .action(async () => {
      const { startOnStdio } = await import("../../language-server/start-on-stdio.ts");
      await startOnStdio();
    });
}
