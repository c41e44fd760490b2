import type { ExitCode } from "./exit-codes.ts";

/** Ends the command with a message for people: what happened, and how to mend it. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly help: string | undefined;
  /** Further facts for `--json`. */
  readonly details: unknown;

  constructor(
    exitCode: ExitCode,
    message: string,
    options: { help?: string | undefined; details?: unknown; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CliError";
    this.exitCode = exitCode;
    this.help = options.help;
    this.details = options.details;
  }
}
