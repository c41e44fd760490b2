import { existsSync, readFileSync } from "node:fs";
import type { SourceResolver } from "../../../grammar/imports.ts";

const folder = new URL("cases/parts/", import.meta.url);

/** Finds files of `cases/parts` by their name; `program.coppice` is the program itself, whatever its path. */
export function fixtureSources(program: string): SourceResolver {
  return ({ path, version }) => {
    const name = path.split("/").at(-1) ?? "";
    if (version !== null) return { error: `${path} is not a folder of versions` };
    if (name === "program.coppice") return { path: program, text: "" };
    const file = new URL(name, folder);
    if (!name.endsWith(".coppice") || !existsSync(file)) return { error: `there is no file ${path}` };
    return { path: `parts/${name}`, text: readFileSync(file, "utf8") };
  };
}
