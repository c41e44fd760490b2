import type { Command } from "commander";
import { group, newCommand } from "../command.ts";
import { parseCount } from "../count-option.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { parseVersion } from "../version-option.ts";

interface ListOptions extends OutputOptions {
  readonly limit: string;
}

/** `coppice programs` */
export function programsCommand(): Command {
  const command = group("programs", {
    summary: "list, show and compare the versions of programs",
    description:
      "Every apply that changes something makes a version: its text, its plan and who applied it are kept for good. Runs\n" +
      "keep the version that they began with.",
    examples: [
      ["coppice programs", "all programs, each in its current version"],
      ["coppice programs list storefront", "the versions of one"],
      ["coppice programs diff storefront 1 2", "what changed between two"],
      ["coppice rollback storefront", "go back to the version before"],
    ],
  });
  command.addCommand(listCommand(), { isDefault: true });
  command.addCommand(showCommand());
  command.addCommand(diffCommand());
  return command;
}

function listCommand(): Command {
  return newCommand("list", {
    summary: "list programs, or the versions of one",
    description:
      "Lists programs with their current versions; given a name, the versions of that program, newest first.",
    examples: [
      ["coppice programs list", "all programs"],
      ["coppice programs list storefront", "the versions of one"],
    ],
  })
    .argument("[name]", "a program, for its versions")
    .option("--limit <count>", "at most so many, 1 to 1000", parseCount, "100")
    .action(async (name: string | undefined, options: ListOptions) => {
      const { listPrograms, listVersions } = await import("../program-versions.ts");
      const output = openOutput(options);
      await (name === undefined ? listPrograms(options, output) : listVersions(name, options, output));
    });
}

function showCommand(): Command {
  return newCommand("show", {
    summary: "print a version's text as it was applied",
    description:
      "Prints the text of a program's current version, or of the one named, with its imported files.",
    examples: [
      ["coppice programs show storefront", "the current version"],
      ["coppice programs show storefront@1", "an older one"],
    ],
  })
    .argument("<name[@version]>", "the program, and which version of it")
    .action(async (reference: string, options: OutputOptions) => {
      const { showVersion } = await import("../program-versions.ts");
      await showVersion(reference, openOutput(options));
    });
}

function diffCommand(): Command {
  return newCommand("diff", {
    summary: "compare two versions of a program",
    description:
      "Shows what differs between two versions: the lines of their texts, and what that means, attribute by attribute.",
    examples: [
      ["coppice programs diff storefront 1 2", "from 1 to 2"],
      ["coppice programs diff storefront 1", "from 1 to the current one"],
    ],
  })
    .argument("<name>", "the program")
    .argument("<from>", "a version", parseVersion)
    .argument("[to]", "another one; the current one when left out", parseVersion)
    .action(async (name: string, from: string, to: string | undefined, options: OutputOptions) => {
      const { diffVersions } = await import("../program-versions.ts");
      await diffVersions({ name, from, to, output: openOutput(options) });
    });
}
