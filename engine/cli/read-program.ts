import { readFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

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
  try {
    const text = readFileSync(file === "-" ? 0 : file, "utf8");
    return {
      path: file === "-" ? "<stdin>" : file,
      text,
      folder: file === "-" ? process.cwd() : path.dirname(path.resolve(file)),
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // readFileSync throws nothing else
    const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : message;
    throw new CliError(exitCodes.notFound, `can't read ${file}: ${why}`, {
      help: "Name a .coppice file, or - for standard input.",
      cause: error,
    });
  }
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
