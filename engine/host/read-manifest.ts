import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, join, relative, sep } from "node:path";
import { checkManifest } from "../../plugins/sdk/check-manifest.ts";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { PluginError } from "./plugin-error.ts";

/** Where a plugin lies, links resolved. */
export interface PluginPlace {
  readonly manifest: Manifest;
  /** Nothing outside it may be imported. For a single file: the folder of the file, of which only that file counts. */
  readonly root: string;
  readonly entry: string;
  readonly single: boolean;
}

/**
 * Reads and checks a plugin's manifest, quickly: nothing of the plugin runs and nothing is bundled. `hash` is over
 * manifest and sources (`source-…`), because a bundle's hash needs a bundle. Throws `PluginError`.
 */
export function readManifest(path: string): Manifest & { readonly hash: string } {
  const place = findPlugin(path);
  const digest = createHash("sha256");
  for (const file of sourcesOf(place)) {
    digest
      .update(`${relative(place.root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return { ...place.manifest, hash: `source-${digest.digest("hex")}` };
}

/** Finds a plugin's manifest and entry point: a folder with `plugin.json`, or one file that starts with it in a comment. */
export function findPlugin(path: string): PluginPlace {
  const real = realPath(path);
  if (statSync(real).isDirectory()) {
    const file = join(real, "plugin.json");
    const text = readText(
      file,
      `${path} holds no plugin.json`,
      "write one beside the plugin's code (docs/plugins.md)",
    );
    const manifest = parse(text, `${path}/plugin.json`);
    const entry = realPath(
      join(real, manifest.entry),
      `${path}/plugin.json: entry ${manifest.entry} is not there`,
    );
    if (!entry.startsWith(real + sep))
      throw new PluginError(`${path}: entry ${manifest.entry} leads out of the plugin's folder`, {
        code: "bad-plugin",
        help: "a plugin is made of the files in its own folder: copy the file there",
      });
    return { manifest, root: real, entry, single: false };
  }
  if (![".ts", ".js", ".mjs"].includes(extname(real)))
    throw new PluginError(`${path} is neither a folder nor a .ts or .js file`, {
      code: "plugin-not-found",
      help: "write the path of the folder that holds plugin.json",
    });
  const comment = /^\s*\/\*\s*plugin\.json\s*(\{[\s\S]*?\})\s*\*\//.exec(readFileSync(real, "utf8"));
  if (comment === null)
    throw new PluginError(`${path} doesn't start with its manifest`, {
      code: "bad-manifest",
      help: 'start the file with /* plugin.json { "name": … } */',
    });
  return { manifest: parse(comment[1] as string, path), root: dirname(real), entry: real, single: true };
}

function parse(text: string, where: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PluginError(`${where} is not JSON: ${(cause as Error).message}`, {
      code: "bad-manifest",
      help: "mend it at that place; JSON has no comments and no comma before a closing bracket",
      cause,
    });
  }
  const checked = checkManifest(value);
  if (checked.ok) return checked.manifest;
  throw new PluginError(`${where}: ${checked.problems.join("; ")}`, { code: "bad-manifest" });
}

function realPath(path: string, message = `there is no plugin at ${path}`): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const help = "check the path; it is relative to the program's file";
    throw new PluginError(message, { code: "plugin-not-found", help, cause });
  }
}

function readText(file: string, message: string, help: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new PluginError(message, { code: "plugin-not-found", help, cause });
  }
}

function sourcesOf(place: PluginPlace): string[] {
  if (place.single) return [place.entry];
  return readdirSync(place.root, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && [".ts", ".js", ".mjs", ".json"].includes(extname(f.name)))
    .map((f) => join(f.parentPath, f.name))
    .sort();
}
