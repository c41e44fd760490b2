import type { PluginResolver } from "../../grammar/check/plugins.ts";
import { compileProgram, type SourceResolver } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import type { Diagnostic } from "../../grammar/diagnostics/diagnostic.ts";
import { type ParsedProgram, parseProgram } from "../../grammar/parse.ts";
import type { Plan } from "../../grammar/plan.ts";
import { readLibrary } from "../actions/read-library.ts";
import { createTextPlaces, type TextPlaces } from "./text-places.ts";

/** All that is known of one version of one program. Made whole at each change: nothing in it is ever changed. */
export interface Analysis {
  readonly path: string;
  readonly text: string;
  readonly places: TextPlaces;
  readonly parsed: ParsedProgram;
  readonly diagnostics: readonly Diagnostic[];
  /** `null` while it has errors. */
  readonly plan: Plan | null;
}

/** Where an analysis finds what a program names. */
export interface Surroundings {
  readonly plugins: PluginResolver;
  readonly sources: SourceResolver;
}

/** Parses, checks and compiles a program, whatever its text. */
export function analyse(source: SourceText, around: Surroundings): Analysis {
  const compiled = compileProgram({
    ...source,
    library: readLibrary(),
    plugins: around.plugins,
    sources: around.sources,
  });
  return {
    ...source,
    places: createTextPlaces(source.text),
    parsed: parseProgram(source.text),
    diagnostics: compiled.diagnostics,
    plan: compiled.plan,
  };
}
