/** Why the stack, or a part of it, can't start or stop: what happened, and what the operator can do about it. */
export class StackError extends Error {
  /** `port-in-use`, `already-running`, `bad-data` …: for tests and for `--json`. */
  readonly code: string;
  readonly help: string;

  constructor(code: string, message: string, help: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "StackError";
    this.code = code;
    this.help = help;
  }
}
