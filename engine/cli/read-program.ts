import path from "node:path";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { readText } from "./read-text.ts";

/** A program's text and where it came from. */
export interface ProgramText {
  /** As the user wrote it, shown in messages; `<stdin>` for `-`. */
  readonly path: string;
  readonly text: string;
  /** What its plugins' paths are relative to. */
  readonly folder: string;
}

/** Reads a program from a file, or from stdin for `-`. Throws `notFound` when it can't. */
export function readProgram(file: string): ProgramText {
  return {
    ...readText(file, "Name a .coppice file, or - for standard input."),
    folder: file === "-" ? process.cwd() : path.dirname(path.resolve(file)),
  };
}

/** Reads `--set name=value` options. */
export function readSettings(settings: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    settings.map((setting) => {
      const at = setting.indexOf("=");
      if (at < 1)
        throw new CliError(exitCodes.usage, `--set ${setting} has no name or no value`, {
          help: "Write --set name=value",
        });
      return [setting.slice(0, at), setting.slice(at + 1)];
    }),
  );
}
