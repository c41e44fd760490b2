import type { Command } from "commander";
import { newCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { type OutputOptions, openOutput } from "../../output.ts";
import { inOption } from "./in-option.ts";

interface LockOptions extends OutputOptions {
  readonly in: string;
}

/** The commands that look after `coppice.lock`. */
export function lockCommands(): Command[] {
  return [addCommand(), removeCommand(), grantCommand(), updateCommand(), verifyCommand()];
}

function addCommand(): Command {
  return newCommand("add", {
    summary: "let a plugin in: pin it in coppice.lock",
    description:
      "Shows what a plugin is, who signed it and what it wants, asks, and writes its hash and what it's granted into coppice.lock.\n" +
      "From then on programs in that folder run this very plugin, or refuse.",
    examples: [
      ["coppice plugin add ./plugins/lamps", "with all that it asks for"],
      [
        "coppice plugin add ./lamps.tgz --allow 'http 10.0.0.5:8080' --yes",
        "with just this, and without asking",
      ],
    ],
  })
    .argument("<path>", "a folder, file or archive, or a name in COPPICE_PLUGIN_PATH or node_modules")
    .addOption(inOption())
    .option("--allow <permission...>", "grant this instead of all that it asks for")
    .option("-y, --yes", "don't ask")
    .action(async (path: string, options: LockOptions & { allow?: readonly string[]; yes?: boolean }) => {
      const { addPlugin } = await import("../../locked-plugins.ts");
      const { allow = [], yes = false } = options;
      await addPlugin({ folder: options.in, output: openOutput(options), path, allow, yes });
    });
}

function removeCommand(): Command {
  return newCommand("remove", {
    summary: "take a plugin out of coppice.lock",
    description:
      "Takes a plugin out of coppice.lock. Programs that name it are refused while there is a lock.",
    examples: [["coppice plugin remove lamps", "by its name in the lock"]],
  })
    .argument("<name>", "its name in coppice.lock")
    .addOption(inOption())
    .action(async (name: string, options: LockOptions) => {
      const { removePlugin } = await import("../../locked-plugins.ts");
      removePlugin({ folder: options.in, output: openOutput(options), name });
    });
}

function grantCommand(): Command {
  return newCommand("grant", {
    summary: "let programs allow a plugin something more",
    description:
      "Writes into coppice.lock what programs may allow a plugin. Without a target, whatever target a program writes.",
    examples: [
      ["coppice plugin grant lamps http 10.0.0.5:8080", "this address"],
      ["coppice plugin grant lamps state", "records of its own"],
      ["coppice plugin grant lamps http --revoke", "no more any address"],
    ],
  })
    .argument("<name>", "its name in coppice.lock")
    .argument("<capability>", "http, socket, command, state …")
    .argument("[target]", "an address, a path")
    .addOption(inOption())
    .option("--revoke", "take it back instead")
    .action(
      async (
        name: string,
        capability: string,
        target: string | undefined,
        options: LockOptions & { revoke?: boolean },
      ) => {
        const { grantPlugin } = await import("../../locked-plugins.ts");
        const { revoke = false } = options;
        grantPlugin({ folder: options.in, output: openOutput(options), name, capability, target, revoke });
      },
    );
}

function updateCommand(): Command {
  return newCommand("update", {
    summary: "take up a plugin's new version in coppice.lock",
    description:
      "Compares what lies at a plugin's place now with coppice.lock, shows what is new, and takes it up. One that wants more\n" +
      "than before, runs with more power or was signed by another key waits for consent.",
    examples: [
      ["coppice plugin update lamps", "asks where it wants more"],
      ["coppice plugin update --yes", "all of them, without asking"],
    ],
  })
    .argument("[name]", "its name in coppice.lock; all when left out")
    .addOption(inOption())
    .option("-y, --yes", "don't ask")
    .action(async (name: string | undefined, options: LockOptions & { yes?: boolean }) => {
      const { updatePlugins } = await import("../../locked-plugins.ts");
      const { yes = false } = options;
      await updatePlugins({ folder: options.in, output: openOutput(options), name, yes });
    });
}

function verifyCommand(): Command {
  return newCommand("verify", {
    summary: "compare plugins with coppice.lock",
    description:
      "Reads every plugin in coppice.lock and says whether it's what was locked: hash, signer, needs.",
    examples: [["coppice plugin verify", "exits 1 when one differs"]],
  })
    .addOption(inOption())
    .action(async (options: LockOptions) => {
      const { verifyPlugins } = await import("../../locked-plugins.ts");
      if (!verifyPlugins({ folder: options.in, output: openOutput(options) }).ok)
        process.exitCode = exitCodes.failed;
    });
}
