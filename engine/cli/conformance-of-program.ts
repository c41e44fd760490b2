import { hasErrors } from "../../grammar/diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../../grammar/diagnostics/render-diagnostic.ts";
import type { ConformanceFile, ProfileEntry } from "../conformance/conformance-file.ts";
import { compileFile } from "./check-program.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { readProgram, readSettings } from "./read-program.ts";

/** With what a program uses a plugin: its settings, its grants, and the properties of the first profile of each type. */
export function conformanceOfProgram(
  file: string,
  plugin: string,
  set: readonly string[],
  output: Output,
): ConformanceFile {
  const program = readProgram(file);
  const { plan, diagnostics, files } = compileFile(program, readSettings(set));
  if (hasErrors(diagnostics) || plan === null) {
    const { color } = output;
    output.line(renderDiagnostics(program.text, program.path, diagnostics, { color, files }).trimEnd());
    throw new CliError(exitCodes.programErrors, `${program.path} has errors`);
  }
  const [alias, used] = Object.entries(plan.plugins).find(([, { name }]) => name === plugin) ?? [];
  if (used === undefined) {
    const names = Object.values(plan.plugins).map(({ name }) => name);
    throw new CliError(exitCodes.notFound, `${file} doesn't use the plugin ${plugin}`, {
      help: names.length === 0 ? "It uses none." : `It uses: ${names.join(", ")}`,
    });
  }
  const profiles: Record<string, ProfileEntry> = {};
  for (const profile of Object.values(plan.profiles))
    if (profile.plugin === alias) profiles[profile.type] ??= { properties: profile.properties };
  return {
    settings: used.settings,
    allow: used.grants.map(({ capability, target }) => `${capability}${target === null ? "" : ` ${target}`}`),
    profiles,
  };
}
