import type { OptionName } from "./options.ts";

/** Where a value stands. */
export type Place =
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "file"; readonly path: string; readonly line: number; readonly column: number }
  | { readonly kind: "default" };

/** Something wrong with what was given: what, where, why, and how to mend it. */
export interface Problem {
  /** A mistake keeps a program from starting; a warning is told. */
  readonly severity: "mistake" | "warning";
  readonly place: Place;
  /** The option; `unknown` where there is none of that name, `file` where the whole file can't be read. */
  readonly about: OptionName | "unknown" | "file";
  readonly message: string;
  readonly help: string;
}

/** `--api-port`, `COPPICE_API_PORT`, `/etc/coppice.yaml:3:11`, `default`. */
export function showPlace(place: Place): string {
  switch (place.kind) {
    case "flag":
    case "variable":
      return place.name;
    case "file":
      return `${place.path}:${place.line}:${place.column}`;
    case "default":
      return "default";
  }
}

/** Flags first, then variables, then the file from top to bottom, then what is missing. */
export function byPlace(one: Problem, other: Problem): number {
  const kinds = ["flag", "variable", "file", "default"];
  const line = ({ place }: Problem) => (place.kind === "file" ? place.line * 10_000 + place.column : 0);
  return kinds.indexOf(one.place.kind) - kinds.indexOf(other.place.kind) || line(one) - line(other);
}

/** One problem for people: the place first, where the message doesn't begin with it. */
export function showProblem({ place, message }: Problem): string {
  return place.kind === "file" ? `${showPlace(place)}: ${message}` : message;
}
