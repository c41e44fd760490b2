import type { Fix } from "../diagnostics/diagnostic.ts";
import type { Span } from "../spans.ts";
import type { HookPhase } from "../syntax.ts";
import type { Type } from "../types.ts";

/** What stands around an expression or a statement. */
export interface Body {
  /** `constant`: evaluated when the program is compiled. */
  readonly place: "action" | "trigger" | HookPhase | "test" | "constant";
  readonly name: string;
  /** Of an action: what it promises to return. */
  readonly result: Type | null;
  /** Of a policy's hook: the actions that it stands before or after. */
  readonly hooked: readonly HookedAction[];
  /** Actions that it performs, for the call graph; `lockedAt` is the lock around the call. */
  readonly performs: { readonly action: string; readonly span: Span; readonly lockedAt: Span | null }[];
  /** Its `lock`s. */
  readonly locks: Span[];
  /** Its `emit`s. */
  readonly emits: Span[];
  /** Clusters of the program that it names. */
  readonly clusters: Set<string>;
}

/** An action that a policy names: built-in ones by their full name. */
export interface HookedAction {
  readonly name: string;
  readonly span: Span;
}

/** Names inside an action, a hook or a lambda; what is not here is looked for outside. */
export interface Locals {
  readonly body: Body;
  readonly names: Map<string, Local>;
  readonly parent: Locals | null;
  /** Where `return` may not stand: `ensure`, `undo`, `parallel`. */
  readonly noReturn: string | null;
  /** What around it runs in any case, also when the run is cancelled: `ensure`, `undo`. */
  readonly cleanup: "ensure" | "undo" | null;
  /** The `lock` around it. */
  readonly lockedAt: Span | null;
}

export interface Local {
  readonly kind: "let" | "parameter" | "loop" | "given";
  readonly type: Type;
  readonly span: Span;
  /** How to mend it where nothing reads it. */
  readonly unused?: Fix | null;
  used: boolean;
}

/** Whether a body is a policy's hook. */
export function isHookBody({ place }: Body): boolean {
  return place !== "action" && place !== "trigger" && place !== "test" && place !== "constant";
}

/** A body without names yet. */
export function createBody(
  place: Body["place"],
  name: string,
  result: Type | null = null,
  hooked: readonly HookedAction[] = [],
): Body {
  return { place, name, result, hooked, performs: [], locks: [], emits: [], clusters: new Set() };
}

/** The outermost names of a body. */
export function outerLocals(body: Body): Locals {
  return { body, names: new Map(), parent: null, noReturn: null, cleanup: null, lockedAt: null };
}

/** Names of an inner block or lambda. */
export function innerLocals(parent: Locals, noReturn: string | null = parent.noReturn): Locals {
  const cleanup = noReturn === "ensure" || noReturn === "undo" ? noReturn : parent.cleanup;
  return { body: parent.body, names: new Map(), parent, noReturn, cleanup, lockedAt: parent.lockedAt };
}

/** Names of the body of a `lock`. */
export function lockedLocals(parent: Locals, lockedAt: Span): Locals {
  return { ...innerLocals(parent), lockedAt };
}

/** The local of that name, from the inside out. */
export function findLocal(locals: Locals, name: string): Local | undefined {
  for (let at: Locals | null = locals; at !== null; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every name that can be seen from here, the nearest first; fields that a condition narrowed are none. */
export function* visibleNames(locals: Locals): Generator<string> {
  for (let at: Locals | null = locals; at !== null; at = at.parent) {
    for (const name of at.names.keys()) if (!name.includes(".")) yield name;
  }
}
