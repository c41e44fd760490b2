import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { group, newCommand } from "../command.ts";
import { addConfigFlag, needConfig } from "../config-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";

/** `coppice db migrate` */
export function dbCommand(): Command {
  const examples = [
    [
      "DATABASE_URL=postgres://user:password@host/coppice coppice db migrate",
      "before the new version starts",
    ],
  ] as const;
  const migrate = newCommand("migrate", {
    summary: "bring the database to the newest schema",
    description:
      "Runs the migrations that the database of DATABASE_URL lacks. `coppice up` does so by itself. May be repeated, and run by several at once.",
    examples,
  }).action(async (options: OutputOptions) => {
    const output = openOutput(options);
    const { currentConfig } = await import("../../config/current-config.ts");
    const { prepareDatabase } = await import("../../stack/prepare-database.ts");
    const url = currentConfig().get("database-url") ?? ""; // needed, below
    const ran = await prepareDatabase(url).catch((cause: NodeJS.ErrnoException) => {
      const exitCode = cause.code?.startsWith("E") ? exitCodes.unreachable : exitCodes.failed;
      throw new CliError(exitCode, `the database could not be migrated: ${cause.message || cause.code}`, {
        help: "Check DATABASE_URL, and that the user may create tables.",
        cause,
      });
    });
    for (const name of ran) output.line(`ran ${name}`);
    if (ran.length === 0) output.line("nothing to do");
    output.data({ ran });
  });
  addConfigFlag(migrate, "database-url");
  return group("db", {
    summary: "look after the database",
    description: "Looks after the database of DATABASE_URL.",
    examples,
  }).addCommand(needConfig(migrate, ["database-url"]));
}
