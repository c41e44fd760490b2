/** Why the engine refuses a request, for the one who made it; the API renders it. */
export class Refusal extends Error {
  /** Lower case with dashes, permanent: `cluster-not-found`. */
  readonly code: string;
  readonly kind: "invalid" | "forbidden" | "not-found" | "conflict" | "too-many" | "unavailable";
  /** What the person can do, one imperative sentence. */
  readonly help: string | undefined;

  /** Further facts, one line each: all that has moved. */
  readonly facts: readonly string[];

  constructor(
    kind: Refusal["kind"],
    code: string,
    message: string,
    help?: string,
    facts: readonly string[] = [],
  ) {
    super(message);
    this.name = "Refusal";
    this.kind = kind;
    this.code = code;
    this.help = help;
    this.facts = facts;
  }
}
