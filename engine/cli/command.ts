import { Command, Option } from "commander";
import { addConfigFlag } from "./config-options.ts";

/** What a command's help says beside its options. */
export interface CommandTexts {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it does, and what it prints. */
  readonly description: string;
  /** Command lines that work as they stand, each with what it is for. */
  readonly examples: readonly (readonly [command: string, purpose: string])[];
}

/** A command with its texts and the options that all commands share. */
export function newCommand(name: string, texts: CommandTexts): Command {
  const command = group(name, texts)
    .addOption(new Option("--json", "print JSON for machines on stdout, and nothing else"))
    .addOption(new Option("--color", "use colors even when stdout is no terminal"))
    .addOption(new Option("--no-color", "use no colors (NO_COLOR does the same)"))
    .addOption(new Option("--debug", "show the stack of an unexpected error"));
  addConfigFlag(command, "home", "the folder of one installation (COPPICE_HOME)");
  return addConfigFlag(command, "config", "the file of options (coppice.yaml in the home)");
}

/** A command that only holds others: `plugin`, `db`. */
export function group(name: string, texts: CommandTexts): Command {
  const width = Math.max(...texts.examples.map(([command]) => command.length));
  const examples = texts.examples.map(([command, purpose]) => `  ${command.padEnd(width)}  # ${purpose}`);
  return new Command(name)
    .summary(texts.summary)
    .description(texts.description.replaceAll("\n", " ")) // commander wraps it to the terminal
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(coppice help shows all commands, --help this one's options)")
    .addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
}
