/** Why the engine refuses a request, for the one who made it; the API renders it. */
export class Refusal extends Error {
  /** Lower case with dashes, permanent: `cluster-not-found`. */
  readonly code: string;
  readonly kind: "invalid" | "not-found" | "conflict";
  /** What the person can do, one imperative sentence. */
  readonly help: string | undefined;

  constructor(kind: Refusal["kind"], code: string, message: string, help?: string) {
    super(message);
    this.name = "Refusal";
    this.kind = kind;
    this.code = code;
    this.help = help;
  }
}
