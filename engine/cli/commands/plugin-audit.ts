import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { parseCount } from "../count-option.ts";
import { parseId } from "../id-option.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface AuditOptions extends OutputOptions {
  readonly action?: string;
  readonly refused?: boolean;
  readonly limit: string;
}

/** `coppice plugin audit` */
export function auditPluginCommand(): Command {
  return newCommand("audit", {
    summary: "show what plugins did outside",
    description:
      "Prints the newest requests of plugins in this project, oldest first: what each was aimed at, whether it was done,\n" +
      "refused or failed, bytes and time. What was sent or received is kept nowhere. With --json one request a line.",
    examples: [
      ["coppice plugin audit", "the newest requests of all plugins"],
      ["coppice plugin audit docker --refused", "what one plugin tried and may not do"],
      ["coppice plugin audit --action 0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f", "those of one action"],
    ],
  })
    .argument("[plugin]", "only those of this plugin, by its own name")
    .option("--action <id>", "only those of this action", parseId)
    .option("--refused", "only those that were refused")
    .option("--limit <count>", "how many at most, 1 to 1000", parseCount, "100")
    .action(async (plugin: string | undefined, options: AuditOptions) => {
      const { showAudit } = await import("../show-audit.ts");
      const { action, refused = false, limit } = options;
      await showAudit({ plugin, action, refused, limit, output: openOutput(options) });
    });
}
