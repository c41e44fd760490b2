import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { readProgram, readSettings } from "./read-program.ts";
import { openSources, type Sources } from "./read-sources.ts";
import { uploadPlugins } from "./upload-plugins.ts";
import type { ActionAnswer, ChangeAnswer, DiagnosticAnswer } from "./wire.ts";

/** What the server says of a program. */
export interface ProgramAnswer {
  readonly program?: { readonly name: string; readonly version: number; readonly plan_hash: string };
  readonly changes: readonly ChangeAnswer[];
  readonly actions?: readonly ActionAnswer[];
  readonly diagnostics?: readonly DiagnosticAnswer[];
}

/** Sends a program to be planned or applied, with its plugins; warnings are printed. Throws with its mistakes. */
export async function submitProgram(
  route: "/v1/plans" | "/v1/programs",
  file: string,
  settings: readonly string[],
  output: Output,
  api: ApiClient = findServer(),
): Promise<ProgramAnswer> {
  const program = readProgram(file);
  const sources = openSources();
  await checkHere(program, settings, sources, output);
  const imports = sources.imports(program);
  const plugins = await uploadPlugins(program, imports, api, output);
  const body = {
    path: program.path,
    text: program.text,
    imports: imports.map(({ path, text }) => ({ path, text })),
    parameters: readSettings(settings),
    plugins,
  };
  return await api.call<ProgramAnswer>("POST", route, body);
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
    throw new CliError(3, `${program.path} has errors; nothing was changed`, {
      details: { diagnostics: checked.diagnostics },
    });
  }
}
