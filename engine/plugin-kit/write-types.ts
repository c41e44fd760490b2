import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const sdk = fileURLToPath(new URL("../../plugins/sdk", import.meta.url));

/**
 * Puts what a plugin outside of this repository needs to be type-checked into its `.coppice/`: the sources of
 * `coppice/sdk` and the manifest's JSON Schema, those of this version. When the plugin is loaded they don't count: the
 * loader resolves `coppice/sdk` itself. `.coppice/manifest.ts` is the plugin's own manifest as a constant, from which
 * `defineDriver<typeof manifest>()` takes the types of properties, arguments and results.
 */
export function writeTypes(plugin: string): void {
  const to = join(plugin, ".coppice");
  rmSync(join(to, "sdk"), { recursive: true, force: true });
  mkdirSync(join(to, "sdk"), { recursive: true });
  for (const file of reachable("sdk.ts")) writeFileSync(join(to, "sdk", file), readFileSync(join(sdk, file)));
  writeFileSync(join(to, "manifest.schema.json"), readFileSync(join(sdk, "manifest.schema.json")));
  const manifest = readFileSync(join(plugin, "plugin.json"), "utf8").trim();
  const source = "// Made from plugin.json by: coppice plugin new --types FOLDER";
  writeFileSync(join(to, "manifest.ts"), `${source}\nexport default ${manifest} as const;\n`);
}

/** The files that a file of the SDK imports, and those that they do. */
function reachable(entry: string): readonly string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(join(sdk, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, ""); // comments show imports too
    for (const [, to = ""] of text.matchAll(/from "(\.[^"]+\.ts)"/g))
      visit(posix.join(posix.dirname(file), to));
  };
  visit(entry);
  return [...found];
}
