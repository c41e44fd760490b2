import { readdirSync, readFileSync } from "node:fs";
import type { SourceText } from "../../../grammar/compile-library.ts";

const folder = new URL("../../../workflows/library/", import.meta.url);

/** The built-in actions as they ship. */
export const libraryTexts: readonly SourceText[] = readdirSync(folder)
  .filter((name) => name.endsWith(".coppice"))
  .sort()
  .map((name) => ({ path: `workflows/library/${name}`, text: readFileSync(new URL(name, folder), "utf8") }));
