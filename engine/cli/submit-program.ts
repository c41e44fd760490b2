import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { readProgram, readSettings } from "./read-program.ts";
import { openSources, type Sources } from "./read-sources.ts";
import type { SubmittedProgram } from "./saved-plan.ts";
import { uploadPlugins } from "./upload-plugins.ts";

/**
 * Reads a program with its imports, checks it, and gives its plugins to the server: what the routes for programs take.
 * Warnings are printed. Throws with its mistakes.
 */
export async function prepareProgram(
  file: string,
  settings: readonly string[],
  output: Output,
  api: ApiClient,
): Promise<SubmittedProgram> {
  const program = readProgram(file);
  const sources = openSources();
  await checkHere(program, settings, sources, output);
  const imports = sources.imports(program);
  const plugins = await uploadPlugins(program, imports, api, output);
  return {
    path: program.path,
    text: program.text,
    imports: imports.map(({ path, text }) => ({ path, text })),
    parameters: readSettings(settings),
    plugins,
  };
}

/** The mistakes that need no server are found, and shown best, here. */
async function checkHere(
  program: ReturnType<typeof readProgram>,
  settings: readonly string[],
  sources: Sources,
  output: Output,
): Promise<void> {
  const { checkProgram } = await import("./check-program.ts");
  const checked = checkProgram(program, readSettings(settings), sources);
  const rendered = checked.render(output.color);
  if (rendered !== "") output.note(rendered);
  if (!checked.ok) {
    throw new CliError(exitCodes.programErrors, `${program.path} has errors; nothing was changed`, {
      details: { diagnostics: checked.diagnostics },
    });
  }
}
