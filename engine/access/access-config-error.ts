/** The configuration of who may do what can't be used; the command that starts the engine says so and ends. */
export class AccessConfigError extends Error {
  /** What the operator can do, one imperative sentence. */
  readonly help: string;

  constructor(message: string, help: string, cause?: unknown) {
    super(message, { cause });
    this.name = "AccessConfigError";
    this.help = help;
  }
}
