import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../workflows/library/", import.meta.url);
let texts: { readonly path: string; readonly text: string }[] | undefined;

/** The built-in actions' texts in order of their names; read once, since they are part of this version. */
export function readLibrary(): readonly { readonly path: string; readonly text: string }[] {
  texts ??= readdirSync(folder)
    .filter((name) => name.endsWith(".coppice"))
    .sort()
    .map((name) => {
      return { path: `workflows/library/${name}`, text: readFileSync(new URL(name, folder), "utf8") };
    });
  return texts;
}
