import type { Command } from "commander";
import { group, newCommand } from "../command.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { auditPluginCommand } from "./plugin-audit.ts";
import { testPluginCommand } from "./plugin-test.ts";

/** `coppice plugin list | show | check` */
export function pluginCommand(): Command {
  return group("plugin", {
    summary: "list, look at and check plugins",
    description: "Works with plugins: drivers that are loaded from any path and run in a sandbox.",
    examples: [
      ["coppice plugin show plugins/fake", "what it offers and what it needs"],
      ["coppice plugin check plugins/docker", "whether it loads and says the truth of itself"],
    ],
  })
    .addCommand(listCommand())
    .addCommand(showPluginCommand())
    .addCommand(checkPluginCommand())
    .addCommand(auditPluginCommand())
    .addCommand(testPluginCommand());
}

function listCommand(): Command {
  return newCommand("list", {
    summary: "list the plugins that the server has",
    description: "Lists the plugins that programs brought to the server, each version by its hash.",
    examples: [["coppice plugin list", "all of them"]],
  }).action(async (options: OutputOptions) => {
    const { listThings } = await import("../list-things.ts");
    await listThings({
      kind: "plugins",
      cluster: undefined,
      status: undefined,
      limit: "1000",
      output: openOutput(options),
    });
  });
}

function showPluginCommand(): Command {
  return newCommand("show", {
    summary: "show what a plugin offers and needs",
    description: "Reads a plugin's manifest; runs nothing of it, and needs no server.",
    examples: [["coppice plugin show plugins/fake", "a folder with plugin.json"]],
  })
    .argument("<path>", "the plugin's folder or file")
    .action(async (path: string, options: OutputOptions) => {
      const output = openOutput(options);
      const { readManifest } = await import("../../host/read-manifest.ts");
      const { printManifest } = await import("../print-manifest.ts");
      const manifest = readManifest(path);
      printManifest(manifest, output);
      output.data(manifest);
    });
}

function checkPluginCommand(): Command {
  return newCommand("check", {
    summary: "load a plugin and compare it with its manifest",
    description:
      "Bundles the plugin, runs it once in an isolate of its own, and compares what it exports with what it declares.",
    examples: [["coppice plugin check plugins/docker", "exits 1 when something is wrong"]],
  })
    .argument("<path>", "the plugin's folder or file")
    .action(async (path: string, options: OutputOptions) => {
      const output = openOutput(options);
      const { loadPlugin } = await import("../../host/load-plugin.ts");
      const { manifest, hash, bundle } = await loadPlugin(path);
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
