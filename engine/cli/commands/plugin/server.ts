import type { Command } from "commander";
import { newCommand } from "../../command.ts";
import { type OutputOptions, openOutput } from "../../output.ts";

/** The commands that change which plugins the server has. */
export function serverCommands(): Command[] {
  return [loadCommand(), unloadCommand()];
}

function loadCommand(): Command {
  return newCommand("load", {
    summary: "give a plugin to the server",
    description:
      "Uploads a plugin with all its files. The server checks its signature, bundles it, runs it once in a guest and keeps it for\n" +
      "every worker. Programs bring their plugins themselves: this is for trying, and for what was unloaded.",
    examples: [
      ["coppice plugin load ./lamps", "check it on the server"],
      ["coppice plugin load ./lamps --reload", "take back that it was unloaded"],
    ],
  })
    .argument("<path>", "a folder, file or archive, or a name in COPPICE_PLUGIN_PATH or node_modules")
    .option("--reload", "also when it was unloaded; for administrators")
    .action(async (path: string, options: OutputOptions & { reload?: boolean }) => {
      const { findServer } = await import("../../find-server.ts");
      const { loadOnServer } = await import("../../loaded-plugins.ts");
      const { reload = false } = options;
      await loadOnServer({ path, reload, api: findServer(), output: openOutput(options) });
    });
}

function unloadCommand(): Command {
  return newCommand("unload", {
    summary: "let no further program take a plugin up",
    description:
      "Unloads a plugin on the server; for administrators. Clusters and runs that use it keep it; programs that are applied from\n" +
      "now on are refused it.",
    examples: [["coppice plugin unload lamps@1.0.0", "this version"]],
  })
    .argument("<plugin>", "its name, NAME@VERSION, or its hash")
    .action(async (plugin: string, options: OutputOptions) => {
      const { findServer } = await import("../../find-server.ts");
      const { unloadOnServer } = await import("../../loaded-plugins.ts");
      await unloadOnServer({ plugin, api: findServer(), output: openOutput(options) });
    });
}
