import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { newCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OutputOptions, openOutput } from "../output.ts";

interface FmtOptions extends OutputOptions {
  readonly check?: boolean;
  readonly write?: boolean;
}

/** `coppice fmt` */
export function fmtCommand(): Command {
  return newCommand("fmt", {
    summary: "lay programs out the one way; needs no server",
    description:
      "Prints programs in the canonical layout, rewrites them with --write, or with --check only says which differ (exit\n" +
      "code 1). A program that can't be parsed is left alone (exit code 3).",
    examples: [
      ["coppice fmt --write examples/*.coppice", "rewrite the files"],
      ["coppice fmt --check examples/*.coppice", "in CI"],
      ["coppice fmt - < examples/storefront.coppice", "for an editor"],
    ],
  })
    .argument("<file...>", "programs; - for standard input")
    .option("-c, --check", "change nothing; exit 1 when a file is laid out otherwise")
    .option("-w, --write", "rewrite the files")
    .action(async (files: readonly string[], options: FmtOptions) => {
      const output = openOutput(options);
      const { readProgram } = await import("../read-program.ts");
      const { formatProgram } = await import("../../../grammar/format.ts");
      const { hasErrors } = await import("../../../grammar/diagnostics/diagnostic.ts");
      const { diagnosticsToJson, renderDiagnostics } = await import(
        "../../../grammar/diagnostics/render-diagnostic.ts"
      );
      const results = files.map((file) => {
        const program = readProgram(file);
        const { text, diagnostics } = formatProgram(program.text);
        const ok = !hasErrors(diagnostics);
        const changed = ok && text !== program.text;
        if (!ok)
          output.note(
            renderDiagnostics(program.text, program.path, diagnostics, { color: output.color }).trimEnd(),
          );
        else if (options.check)
          changed &&
            output.line(`${program.path} is laid out otherwise; mend it with: coppice fmt --write ${file}`);
        else if (options.write && file !== "-") changed && rewrite(file, text);
        else if (!output.json) process.stdout.write(text);
        const whole = options.check || options.write ? {} : { text };
        return {
          path: program.path,
          ok,
          changed,
          ...whole,
          diagnostics: diagnosticsToJson(program.text, program.path, diagnostics),
        };
      });
      output.data({ files: results });
      if (results.some((result) => !result.ok)) process.exitCode = exitCodes.programErrors;
      else if (options.check && results.some((result) => result.changed)) process.exitCode = exitCodes.failed;

      function rewrite(file: string, text: string): void {
        writeFileSync(file, text);
        output.line(file);
      }
    });
}
