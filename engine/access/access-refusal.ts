/** Why somebody is not let in, or may not do what they asked for; the API renders it. */
export class AccessRefusal extends Error {
  /**
   * `unauthenticated`: 401, no valid token. `forbidden`: 403, a rule or Keystone says no. `unavailable`: 503, nobody
   * can tell now.
   */
  readonly kind: "unauthenticated" | "forbidden" | "unavailable";
  /** Lower case with dashes, permanent: `trust-revoked`. */
  readonly code: string;
  /** What the person can do, one imperative sentence. */
  readonly help: string | undefined;
  /** Where tokens come from, for the header `WWW-Authenticate`. */
  readonly challenge: string | undefined;

  constructor(
    kind: AccessRefusal["kind"],
    code: string,
    message: string,
    more: { help?: string; challenge?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = "AccessRefusal";
    this.kind = kind;
    this.code = code;
    this.help = more.help;
    this.challenge = more.challenge;
  }
}
