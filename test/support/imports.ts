import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** One import of a file: what stands in the quotes, and whether only types come through it. */
export interface Import {
  readonly to: string;
  readonly typeOnly: boolean;
}

/** All TypeScript and JavaScript sources that git knows or would add, relative to the root. */
export function sourceFiles(root: string): string[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"],
    { cwd: root, encoding: "utf8" },
  );
  const present = listed.split("\n").filter((file) => /\.(ts|mjs|js)$/.test(file));
  return present.filter((file) => {
    try {
      readFileSync(`${root}/${file}`);
      return true;
    } catch {
      return false; // deleted, not committed yet
    }
  });
}

const statement = /^\s*(import|export)\s+(type\s)?(?:[^"'`;]*?\sfrom\s+)?(["'])([^"'\n]+)\3/gm;
const dynamic = /\bimport\(\s*(["'])([^"'\n]+)\1\s*\)/g;

/** The imports and re-exports of a file, the dynamic ones with a literal included. Comments don't count. */
export function readImports(file: string): Import[] {
  const text = readFileSync(file, "utf8").replaceAll(/^\s*\/\/.*$|^\s*\/?\*.*$/gm, "");
  const found: Import[] = [];
  for (const match of text.matchAll(statement))
    found.push({ to: match[4] ?? "", typeOnly: match[2] !== undefined });
  for (const match of text.matchAll(dynamic)) found.push({ to: match[2] ?? "", typeOnly: false });
  return found;
}
