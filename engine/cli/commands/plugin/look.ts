import type { Command } from "commander";
import { newCommand } from "../../command.ts";
import { type OutputOptions, openOutput } from "../../output.ts";
import { inOption } from "./in-option.ts";

/** The commands that look at plugins and change nothing. */
export function lookCommands(): Command[] {
  return [listCommand(), showPluginCommand(), checkPluginCommand()];
}

function listCommand(): Command {
  return newCommand("list", {
    summary: "list the plugins that the server has",
    description:
      "Lists the plugins that programs brought to the server, each version by its hash; with --locked those in coppice.lock.",
    examples: [
      ["coppice plugin list", "all of the server's"],
      ["coppice plugin list --locked", "those in coppice.lock; needs no server"],
    ],
  })
    .addOption(inOption())
    .option("--locked", "list coppice.lock instead")
    .action(async (options: OutputOptions & { in: string; locked?: boolean }) => {
      const output = openOutput(options);
      if (options.locked === true) {
        const { listLocked } = await import("../../list-locked.ts");
        listLocked({ folder: options.in, output });
        return;
      }
      const { listThings } = await import("../../list-things.ts");
      await listThings({ kind: "plugins", cluster: undefined, status: undefined, limit: "1000", output });
    });
}

function showPluginCommand(): Command {
  return newCommand("show", {
    summary: "show what a plugin offers and needs",
    description: "Reads a plugin's manifest and signature; runs nothing of it, and needs no server.",
    examples: [
      ["coppice plugin show plugins/fake", "a folder with plugin.json"],
      ["coppice plugin show lamps-1.0.0.tgz", "an archive"],
    ],
  })
    .argument("<path>", "a folder, file or archive, or a name in COPPICE_PLUGIN_PATH or node_modules")
    .action(async (path: string, options: OutputOptions) => {
      const output = openOutput(options);
      const { showPlugin } = await import("../../show-plugin.ts");
      showPlugin(path, output);
    });
}

function checkPluginCommand(): Command {
  return newCommand("check", {
    summary: "load a plugin and compare it with its manifest",
    description:
      "Bundles the plugin, runs it once in an isolate of its own, and compares what it exports with what it declares.",
    examples: [["coppice plugin check plugins/docker", "exits 1 when something is wrong"]],
  })
    .argument("<path>", "a folder, file or archive, or a name in COPPICE_PLUGIN_PATH or node_modules")
    .action(async (path: string, options: OutputOptions) => {
      const output = openOutput(options);
      const { loadPlugin } = await import("../../../host/load-plugin.ts");
      const { findPluginPath } = await import("../../../plugins/find-plugin-path.ts");
      const { manifest, hash, bundle } = await loadPlugin(findPluginPath(path, process.cwd()));
      output.line(
        `${output.paint("green", "✔")} ${manifest.name} ${manifest.version} is fine: ${bundle.length} bytes, ${hash}`,
      );
      output.data({
        name: manifest.name,
        version: manifest.version,
        tier: manifest.tier,
        hash,
        bytes: bundle.length,
      });
    });
}
