import { styleText } from "node:util";
import { ConfigError } from "../config/config-error.ts";
import { CliError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { wantsColor } from "./output.ts";

/** Prints a failure: what, and how to mend it; on stdout as JSON when asked for. Returns the exit code. */
export function reportError(error: unknown, q: { json: boolean; debug: boolean }): ExitCode {
  const known = describe(error);
  if (q.json) {
    const { exitCode, message, help, details } = known;
    process.stdout.write(`${JSON.stringify({ error: { exit_code: exitCode, message, help, details } })}\n`);
  } else {
    const color = process.stderr.isTTY === true && wantsColor(undefined, process.env);
    const paint = (style: "red" | "cyan", text: string) =>
      color ? styleText(style, text, { validateStream: false }) : text;
    process.stderr.write(`${paint("red", "error:")} ${known.message}\n`);
    if (known.help)
      process.stderr.write(`  ${paint("cyan", "help:")} ${known.help.replaceAll("\n", "\n        ")}\n`);
  }
  if (q.debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return known.exitCode;
}

interface Described {
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly help?: string | undefined;
  readonly details?: unknown;
}

function describe(error: unknown): Described {
  if (error instanceof CliError) return error;
  if (error instanceof ConfigError) {
    const mistakes = error.mistakes.map(({ place, message, help }) => ({ place, message, help }));
    return { exitCode: exitCodes.usage, message: error.message, help: error.help, details: { mistakes } };
  }
  if (!(error instanceof Error)) return { exitCode: exitCodes.failed, message: String(error) };
  if ("help" in error && (typeof error.help === "string" || error.help === undefined)) {
    // a failure of the stack, or of a plugin, which says itself how to mend it
    return {
      exitCode: exitCodes.failed,
      message: error.message,
      help: error.help,
      details: "code" in error ? { code: error.code } : undefined,
    };
  }
  const help =
    "This is a mistake in Coppice, or something it did not expect: run it again with --debug to see where.";
  return { exitCode: exitCodes.failed, message: error.message, help };
}
