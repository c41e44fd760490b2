import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** The programs to test: files as they are named, and all that hold tests in folders, below them too. */
export function findTests(places: readonly string[]): readonly string[] {
  return [...new Set(places.flatMap((place) => (isFolder(place) ? programsIn(place) : [place])))];
}

function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch (cause) {
    throw new CliError(exitCodes.notFound, `there is no file or folder ${place}`, {
      help: "Name .coppice files, or folders that hold some.",
      cause,
    });
  }
}

/** By path; what belongs to tools (`node_modules`, names with a dot) is passed over. */
function programsIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
      if (entry.isDirectory()) return programsIn(file);
      return entry.isFile() && entry.name.endsWith(".coppice") && mayHoldTests(file) ? [file] : [];
    });
}

/** Quick, and wrong only in that it takes too many: compiling what has no test would take longer. */
function mayHoldTests(file: string): boolean {
  return /^\s*test\s+"/m.test(readFileSync(file, "utf8"));
}
