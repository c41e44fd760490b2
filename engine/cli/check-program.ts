import path from "node:path";
import { type Compiled, compileProgram } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import { hasErrors } from "../../grammar/diagnostics/diagnostic.ts";
import { diagnosticsToJson, renderDiagnostics } from "../../grammar/diagnostics/render-diagnostic.ts";
import type { Plan } from "../../grammar/plan.ts";
import type { PlanTest } from "../../grammar/plan-test.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import { loadLibrary } from "../actions/load-library.ts";
import { findPluginPath } from "../plugins/find-plugin-path.ts";
import { type AdmittedPlugin, admitPlugin } from "./admit-plugin.ts";
import type { ProgramText } from "./read-program.ts";
import { openSources, type Sources } from "./read-sources.ts";

/** What the compiler says of a program, without a server. */
export interface CheckedProgram {
  readonly ok: boolean;
  /** `null` when it has errors. */
  readonly plan: Plan | null;
  /** The program's tests. */
  readonly tests: readonly PlanTest[];
  /** The program and what it imports. */
  readonly files: readonly SourceText[];
  /** Of its plugins, by the hash that the plan names them by. */
  readonly schemas: ReadonlyMap<string, PluginSchema>;
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
  options: { readonly unhashed?: boolean } = {},
): CheckedProgram {
  const { plan, diagnostics, tests, files, schemas } = compileFile(program, parameters, sources, options);
  return {
    ok: !hasErrors(diagnostics),
    plan,
    tests,
    files,
    schemas,
    diagnostics: diagnosticsToJson(program.text, program.path, diagnostics, files),
    render: (color) => renderDiagnostics(program.text, program.path, diagnostics, { color, files }),
  };
}

/** Compiles a program with its imports and the manifests of its plugins, `schemas` by hash; nothing of them runs. */
export function compileFile(
  program: ProgramText,
  parameters: Readonly<Record<string, string>> = {},
  sources: Sources = openSources(),
  options: {
    /** Leaves the plan's hash empty: a tenth of a short `check`. */
    readonly unhashed?: boolean;
    readonly schemaOf?: (path: string, written: string) => PluginSchema;
  } = {},
): Compiled & { readonly schemas: ReadonlyMap<string, PluginSchema> } {
  const schemas = new Map<string, PluginSchema>();
  const { unhashed = false } = options;
  const schemaOf = options.schemaOf ?? ((path, written) => pluginSchema(admitPlugin(program, path, written)));
  const compiled = compileProgram({
    path: program.path,
    text: program.text,
    library: loadLibrary(),
    parameters,
    unhashed,
    sources: sources.resolve,
    plugins(written, from) {
      try {
        const manifest = schemaOf(pluginPath(program, from, written), written);
        schemas.set(manifest.hash, manifest);
        return manifest;
      } catch (error) {
        const { message, help } = error as Error & { help?: string }; // all of these throw PluginError alone
        return { error: message, ...(help === undefined ? {} : { help }) };
      }
    },
  });
  return { ...compiled, schemas };
}

/** What the compiler needs of a plugin that isn't bundled: its hash is over its files (`source-…`). */
export function pluginSchema({ manifest, digest, granted }: AdmittedPlugin): PluginSchema {
  return { ...manifest, hash: `source-${digest}`, ...(granted === null ? {} : { granted }) };
}

/** Where a plugin lies that a program, or a file that it imports, names. Throws `PluginError` for a name that is nowhere. */
export function pluginPath(program: ProgramText, from: string, written: string): string {
  return findPluginPath(written, from === program.path ? program.folder : path.dirname(path.resolve(from)));
}
