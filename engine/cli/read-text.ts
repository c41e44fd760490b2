import { readFileSync } from "node:fs";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** A file that was named on the command line, or stdin for `-`. Throws `notFound` with this help when it can't be read. */
export function readText(file: string, help: string): { readonly path: string; readonly text: string } {
  try {
    const text = readFileSync(file === "-" ? 0 : file, "utf8");
    return { path: file === "-" ? "<stdin>" : file, text };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // readFileSync throws nothing else
    const why = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : message;
    throw new CliError(exitCodes.notFound, `can't read ${file}: ${why}`, { help, cause: error });
  }
}
