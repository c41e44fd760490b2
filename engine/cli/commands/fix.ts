import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";
import { printable } from "../printable.ts";
import { setOption } from "../set-option.ts";

interface FixOptions extends OutputOptions {
  readonly set: readonly string[];
  readonly check?: boolean;
}

/** `coppice fix` */
export function fixCommand(): Command {
  return newCommand("fix", {
    summary: "mend what can be mended by itself; needs no server",
    description:
      "Applies the fix that a diagnostic offers (a name that is nearly right, a deprecated one, a missing case), lays the\n" +
      "programs out, and says what it did. Exits 3 when errors are left. With --check nothing is written, and it exits 1\n" +
      "when something would be.",
    examples: [
      ["coppice fix shop.coppice", "mend the file"],
      ["coppice fix --check examples/*.coppice", "in CI"],
    ],
  })
    .argument("<file...>", "programs; - for standard input, mended on standard output")
    .option("-c, --check", "change nothing; exit 1 when something would be mended")
    .addOption(setOption("set one of the programs' parameters; may be repeated"))
    .action(async (files: readonly string[], options: FixOptions) => {
      const output = openOutput(options);
      const { fixProgram } = await import("../fix-program.ts");
      const { readProgram, readSettings } = await import("../read-program.ts");
      const settings = readSettings(options.set);
      const results = files.map((file) => {
        const program = readProgram(file);
        const fixed = fixProgram(program, settings);
        const changed = fixed.text !== program.text;
        for (const { line, column, code, title } of fixed.applied)
          output.note(`${program.path}:${line}:${column}: ${printable(title)} (${code})`);
        if (fixed.formatted) output.note(`${program.path}: laid out`);
        if (file === "-" && !options.check && !output.json) process.stdout.write(fixed.text);
        else if (changed && !options.check && file !== "-") writeFileSync(file, fixed.text);
        const rest = fixed.left.render(output.color).trimEnd();
        if (rest !== "") output.note(rest);
        const { applied, formatted, left } = fixed;
        const text = file === "-" ? { text: fixed.text } : {};
        return {
          path: program.path,
          ok: left.ok,
          changed,
          formatted,
          applied,
          ...text,
          diagnostics: left.diagnostics,
        };
      });
      output.data({ files: results });
      const mended = results.reduce((sum, result) => sum + result.applied.length, 0);
      const would = options.check ? "would be " : "";
      const places = mended === 1 ? "1 place" : `${mended} places`;
      output.note(mended === 0 ? "nothing to mend" : `${places} ${would}mended`);
      if (results.some((result) => !result.ok)) process.exitCode = exitCodes.programErrors;
      else if (options.check && results.some((result) => result.changed)) process.exitCode = exitCodes.failed;
    });
}
