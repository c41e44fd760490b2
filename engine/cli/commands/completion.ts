import tab, { script } from "@bomb.sh/tab";
import { Argument, Command, Option } from "commander";
import { addCompletions } from "../completion-tree.ts";

const shells = ["bash", "zsh", "fish"] as const;

/**
 * Adds `coppice completion bash|zsh|fish`, and the hidden `coppice complete -- …` that those scripts call at each Tab.
 * The program must hold all its other commands by now.
 */
export function addCompletion(program: Command): void {
  program.addCommand(completionCommand());
  addCompletions(program);
  program.addCommand(
    new Command("complete")
      .argument("[words...]")
      .allowUnknownOption()
      .addOption(new Option("--json").hideHelp())
      .action((words: readonly string[]) => tab.parse([...words])),
    { hidden: true },
  );
}

function completionCommand(): Command {
  return new Command("completion")
    .summary("print a completion script for your shell")
    .description("Prints a script that makes the Tab key complete coppice's commands, options and programs.")
    .helpOption("-h, --help", "show this help")
    .addArgument(new Argument("<shell>", "your shell").choices(shells))
    .addHelpText(
      "after",
      `
Examples:
  source <(coppice completion bash)                                  # now, in bash; or in ~/.bashrc
  source <(coppice completion zsh)                                   # now, in zsh after compinit; or in ~/.zshrc
  coppice completion fish > ~/.config/fish/completions/coppice.fish  # fish, from the next shell on`,
    )
    .action((shell: (typeof shells)[number]) => {
      process.stdout.write(`${completionScript(shell)}\n`);
    });
}

/** The shell's script. The library's needs two things in bash: words without bash-completion, and to be read twice. */
function completionScript(shell: (typeof shells)[number]): string {
  const text = captureLog(() => script(shell, "coppice", "coppice"));
  return shell === "bash" ? `${bashWords}\n${text.replaceAll(/^readonly /gm, "")}` : text;
}

const bashWords = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
  _get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  }
fi`;

/** The library prints its scripts; we have to change them first. */
function captureLog(print: () => void): string {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    print();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}
