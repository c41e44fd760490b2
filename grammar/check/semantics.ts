import type { Span } from "../spans.ts";
import type { Type } from "../types.ts";

/** What a name stands for. */
export type SymbolKind =
  | "plugin"
  | "param"
  | "secret"
  | "enum"
  | "member"
  | "record"
  | "field"
  | "profile"
  | "profile-type"
  | "property"
  | "cluster"
  | "policy"
  | "action"
  | "parameter"
  | "local"
  | "function"
  | "operation"
  | "event"
  | "provided";

/** A place in one of the compiled files: the index is the one of `Diagnostic.file`, 0 for the program itself. */
export interface Place {
  readonly file: number;
  readonly span: Span;
}

/**
 * Where a name was declared. What no program declares has a name of its own instead: `List.count` (the language's
 * functions), `Cluster.size`, `Node.healthy`, `CLUSTER_RESIZE` (built-in actions), `docker.container` (a profile type),
 * `docker.container.image` (its property), `docker.container.restart` (its operation), `shell.run` (a plugin's function).
 */
export type Target = Place | { readonly builtin: string };

/**
 * Collects what the checker finds out, for editors. Calls come in the order of checking, also for programs with mistakes;
 * a place may come twice, then the last one counts.
 */
export interface Semantics {
  /** A name that the program declares, at the name: with its type, if it has one. */
  declared(q: Place & { readonly name: string; readonly kind: SymbolKind; readonly type: Type | null }): void;
  /** A name that means something declared elsewhere. */
  reference(q: Place & { readonly kind: SymbolKind; readonly target: Target }): void;
  /** An expression with its type, and the type that was wanted there, where one was. */
  typed(q: Place & { readonly type: Type; readonly expected: Type | null }): void;
}
