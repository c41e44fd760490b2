import path from "node:path";
import { type Compiled, compileProgram } from "../../grammar/compile.ts";
import { hasErrors } from "../../grammar/diagnostics/diagnostic.ts";
import { diagnosticsToJson, renderDiagnostics } from "../../grammar/diagnostics/render-diagnostic.ts";
import type { Plan } from "../../grammar/plan.ts";
import { readLibrary } from "../actions/read-library.ts";
import { readManifest } from "../host/read-manifest.ts";
import type { ProgramText } from "./read-program.ts";
import { openSources, type Sources } from "./read-sources.ts";

/** What the compiler says of a program, without a server. */
export interface CheckedProgram {
  readonly ok: boolean;
  /** `null` when it has errors. */
  readonly plan: Plan | null;
  /** With lines and columns, for machines. */
  readonly diagnostics: readonly unknown[];
  /** For people; empty when there is nothing to say. */
  render(color: boolean): string;
}

/** Checks a program with its imports and the manifests of its plugins; nothing of them runs. */
export function checkProgram(
  program: ProgramText,
  parameters: Readonly<Record<string, string>> = {},
  sources: Sources = openSources(),
): CheckedProgram {
  const { plan, diagnostics } = compileFile(program, parameters, sources);
  return {
    ok: !hasErrors(diagnostics),
    plan,
    diagnostics: diagnosticsToJson(program.text, program.path, diagnostics),
    render: (color) => renderDiagnostics(program.text, program.path, diagnostics, { color }),
  };
}

/** Compiles a program with its imports and the manifests of its plugins; nothing of them runs. */
export function compileFile(
  program: ProgramText,
  parameters: Readonly<Record<string, string>> = {},
  sources: Sources = openSources(),
): Compiled {
  return compileProgram({
    path: program.path,
    text: program.text,
    library: readLibrary(),
    parameters,
    sources: sources.resolve,
    plugins(written, from) {
      try {
        return readManifest(pluginFolder(program, from, written));
      } catch (error) {
        const { message, help } = error as Error & { help?: string }; // readManifest throws PluginError alone
        return { error: message, ...(help === undefined ? {} : { help }) };
      }
    },
  });
}

/** Where a plugin lies that a program, or a file that it imports, names. */
export function pluginFolder(program: ProgramText, from: string, written: string): string {
  return path.resolve(from === program.path ? program.folder : path.dirname(from), written);
}
