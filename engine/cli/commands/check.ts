import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { setOption } from "../set-option.ts";

interface CheckOptions extends OutputOptions {
  readonly set: readonly string[];
}

/** `coppice check` */
export function checkCommand(): Command {
  return newCommand("check", {
    summary: "find the mistakes of programs; needs no server",
    description:
      "Parses, checks and compiles programs and prints all their mistakes at once. Runs nothing, not even plugins.\n" +
      "Exits 3 when there are errors; warnings alone don't count.",
    examples: [
      ["coppice check examples/storefront.coppice", "one program"],
      ["coppice check examples/*.coppice --json", "several, for an editor or CI"],
      ["coppice check - < examples/storefront.coppice", "from standard input"],
    ],
  })
    .argument("<file...>", "programs; - for standard input")
    .addOption(setOption("set one of the programs' parameters; may be repeated"))
    .action(async (files: readonly string[], options: CheckOptions) => {
      const output = openOutput(options);
      const { checkProgram } = await import("../check-program.ts");
      const { readProgram, readSettings } = await import("../read-program.ts");
      const settings = readSettings(options.set);
      const results = files.map((file) => {
        const program = readProgram(file);
        const checked = checkProgram(program, settings, undefined, { unhashed: !output.json });
        const rendered = checked.render(output.color);
        if (rendered !== "") output.line(rendered.trimEnd());
        return {
          path: program.path,
          ok: checked.ok,
          plan_hash: checked.plan?.hash ?? null,
          diagnostics: checked.diagnostics,
        };
      });
      output.data({ ok: results.every((result) => result.ok), files: results });
      const broken = results.filter((result) => !result.ok);
      if (broken.length > 0) process.exitCode = exitCodes.programErrors;
      const what = `${files.length} ${files.length === 1 ? "program" : "programs"}`;
      output.note(
        broken.length === 0 ? `${what} checked, no errors` : `${what} checked, ${broken.length} with errors`,
      );
    });
}
