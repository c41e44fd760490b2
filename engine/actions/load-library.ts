import { VERSION } from "chevrotain";
import { type CompiledLibrary, compileLibrary } from "../../grammar/compile-library.ts";
import { hashSources } from "../builds/hash-sources.ts";
import { keptBuild } from "../builds/kept-build.ts";
import { readLibrary } from "./read-library.ts";

let loaded: CompiledLibrary | undefined;

/**
 * The built-in actions and policies. Compiled once for each state of their texts and of the compiler: compiling takes a
 * fifth of the time that `coppice check` has. Throws for a mistake in them, a bug of ours.
 */
export function loadLibrary(): CompiledLibrary {
  loaded ??= JSON.parse(
    keptBuild("library", hashSources(["grammar", "workflows/library"], [VERSION]), "json").readOr(() =>
      JSON.stringify(compileLibrary(readLibrary())),
    ),
  ) as CompiledLibrary;
  return loaded;
}
