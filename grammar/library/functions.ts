import { clusterFunctions } from "./cluster-functions.ts";
import type { LibraryFunction } from "./function.ts";
import { listFunctions } from "./list-functions.ts";
import { anyFunctions, mapFunctions } from "./map-functions.ts";
import { numberFunctions } from "./number-functions.ts";
import { textFunctions } from "./text-functions.ts";
import { timeFunctions } from "./time-functions.ts";
import { unitFunctions } from "./unit-functions.ts";

/** Every pure function of the language, by full name: the checker, the evaluator and the reference page read this. */
export const libraryFunctions: ReadonlyMap<string, LibraryFunction> = new Map(
  [
    listFunctions,
    mapFunctions,
    textFunctions,
    numberFunctions,
    unitFunctions,
    timeFunctions,
    anyFunctions,
    clusterFunctions,
  ]
    .flat()
    .map((entry) => [entry.name, entry]),
);

/** Names of the functions that a receiver of this kind has, in order of definition: for "did you mean". */
export function functionNamesOf(kind: string): readonly string[] {
  const prefix = `${kind}.`;
  return [...libraryFunctions.keys()]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}
