import type { Command } from "commander";
import { group } from "../command.ts";
import { lockCommands } from "./plugin/lock.ts";
import { lookCommands } from "./plugin/look.ts";
import { publishCommands } from "./plugin/publish.ts";
import { serverCommands } from "./plugin/server.ts";
import { auditPluginCommand } from "./plugin-audit.ts";
import { newPluginCommand } from "./plugin-new.ts";
import { testPluginCommand } from "./plugin-test.ts";
import { tryPluginCommand } from "./plugin-try.ts";

/** `coppice plugin …` */
export function pluginCommand(): Command {
  const plugin = group("plugin", {
    summary: "look at, lock, sign, load and test plugins",
    description: "Works with plugins: drivers that are loaded from any path and run in a sandbox.",
    examples: [
      ["coppice plugin show plugins/fake", "what it offers and what it needs"],
      ["coppice plugin add plugins/docker", "pin it for the programs here"],
      ["coppice plugin check plugins/docker", "whether it loads and says the truth of itself"],
    ],
  });
  for (const command of [...lookCommands(), ...lockCommands(), ...publishCommands(), ...serverCommands()])
    plugin.addCommand(command);
  return plugin
    .addCommand(newPluginCommand())
    .addCommand(auditPluginCommand())
    .addCommand(testPluginCommand())
    .addCommand(tryPluginCommand());
}
