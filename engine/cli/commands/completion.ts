import tab from "@bomb.sh/tab/commander";
import { type Command, CommanderError } from "commander";

/**
 * `coppice completion bash|zsh|fish`, and the hidden `coppice complete -- …` that those scripts call on each Tab. Needs
 * the whole command tree.
 */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: "completion" });
  const command = program.commands.find((each) => each.name() === "completion");
  if (command === undefined)
    throw new CommanderError(1, "coppice.completion", "the completion library made no command");
  command
    .summary("print a completion script for your shell")
    .description("Prints a script that makes the Tab key complete coppice's commands and options.")
    .addHelpText(
      "after",
      `
Examples:
  source <(coppice completion bash)                                          # now, in bash; or in ~/.bashrc
  source <(coppice completion zsh)                                           # now, in zsh; or in ~/.zshrc
  coppice completion fish > ~/.config/fish/completions/coppice.fish          # fish, from the next shell on`,
    );
}
