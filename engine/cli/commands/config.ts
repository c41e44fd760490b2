import type { Command } from "commander";
import { group, newCommand } from "../command.ts";
import { addConfigOptions } from "../config-options.ts";
import { type OutputOptions, openOutput } from "../output.ts";

/** `coppice config` */
export function configCommand(): Command {
  return group("config", {
    summary: "show and check the options that the programs run with",
    description:
      "Options are flags, environment variables named like them, or lines of coppice.yaml in the home; the first wins.\n" +
      "docs/configuration.md lists them.",
    examples: [
      ["coppice config show", "each option's value, and where it was given"],
      ["coppice config check", "find what is wrong, without starting anything"],
    ],
  })
    .addCommand(showCommand())
    .addCommand(checkCommand());
}

function showCommand(): Command {
  const command = newCommand("show", {
    summary: "show each option's value, and where it was given",
    description:
      "Shows what the programs would run with if they were started here, with these flags. It takes the flags of up, api\n" +
      "and worker. Secrets are hidden.",
    examples: [
      ["coppice config show", "all options"],
      ["coppice config show --given", "those that somebody gave"],
      ["coppice config show api-port --api-port 8777", "one, as this flag makes it"],
      ["coppice config show --json", "for scripts"],
    ],
  })
    .argument("[name...]", "options to show; all when none is named")
    .option("--given", "leave out what is as by default")
    .action(async (names: readonly string[], options: OutputOptions & { given?: boolean }) => {
      const { showConfig } = await import("../show-config.ts");
      showConfig({ names, given: options.given === true, output: openOutput(options) });
    });
  return addConfigOptions(command, { reader: "up", flagsOf: ["api", "worker", "up", "cli"], hidden: true });
}

function checkCommand(): Command {
  const command = newCommand("check", {
    summary: "find the mistakes in the options, all at once",
    description:
      "Checks flags, environment and file as up, api and worker do when they start. Exits 2 when there are mistakes.",
    examples: [
      ["coppice config check", "what is given here"],
      ["coppice config check --config /etc/coppice.yaml", "a file, before it's used"],
    ],
  }).action(async (options: OutputOptions) => {
    const { checkConfig } = await import("../show-config.ts");
    checkConfig(openOutput(options));
  });
  return addConfigOptions(command, { reader: "up", flagsOf: ["api", "worker", "up", "cli"], hidden: true });
}
