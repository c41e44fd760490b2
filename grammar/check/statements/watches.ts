import { freeVariables } from "../../free-variables.ts";
import type { Expression } from "../../plan.ts";
import type { Type } from "../../types.ts";
import { findLocal, type Locals } from "../locals.ts";

/** The free variables of a condition that are clusters, nodes or lists of nodes: `wait until` looks at them anew. */
export function watchedNames(condition: Expression, locals: Locals): readonly string[] {
  return freeVariables(condition)
    .filter((name) => isWatched(findLocal(locals, name)?.type))
    .sort();
}

function isWatched(type: Type | undefined): boolean {
  if (type?.kind === "Optional" || type?.kind === "List") return isWatched(type.of);
  return type?.kind === "Cluster" || type?.kind === "Node";
}
