import { checkManifest } from "../../plugins/sdk/check-manifest.ts";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { packageDigest } from "../plugins/package-sums.ts";
import type { PluginPackage } from "../plugins/plugin-package.ts";
import { readPackage } from "../plugins/read-package.ts";
import { expectSignature } from "../plugins/signature-policy.ts";
import { PluginError } from "./plugin-error.ts";

/** A plugin's manifest and which of its files is run first. */
export interface PluginPlace {
  readonly manifest: Manifest;
  /** One of the package's files. */
  readonly entry: string;
}

/**
 * Reads and checks a plugin's manifest, quickly: nothing of the plugin runs and nothing is bundled. `hash` is over the
 * plugin's files (`source-…`), because a bundle's hash needs a bundle. Throws `PluginError`.
 */
export function readManifest(path: string): Manifest & { readonly hash: string } {
  const pack = readPackage(path);
  expectSignature(pack);
  return { ...findPlugin(pack).manifest, hash: `source-${packageDigest(pack)}` };
}

/** A package's manifest: its `plugin.json`, or the comment that a single file starts with. Throws `PluginError`. */
export function findPlugin(pack: PluginPackage): PluginPlace {
  return pack.kind === "file" ? inComment(pack) : inFolder(pack);
}

function inFolder({ files, links, shown }: PluginPackage): PluginPlace {
  const json = files.get("plugin.json");
  if (json === undefined)
    throw new PluginError(`${shown} holds no plugin.json`, {
      code: "plugin-not-found",
      help: "write one beside the plugin's code (docs/plugins.md)",
    });
  const manifest = parse(text(json), `${shown}/plugin.json`);
  const entry = manifest.entry.slice("./".length);
  if (entry.split("/").includes("..") || links.has(entry))
    throw new PluginError(`${shown}: entry ${manifest.entry} leads out of the plugin's folder`, {
      code: "bad-plugin",
      help: "a plugin is made of the files in its own folder: copy the file there",
    });
  if (!files.has(entry))
    throw new PluginError(`${shown}/plugin.json: entry ${manifest.entry} is not there`, {
      code: "plugin-not-found",
      help: "name the file that exports the driver, relative to plugin.json",
    });
  return { manifest, entry };
}

function inComment({ files, shown }: PluginPackage): PluginPlace {
  const [[entry, bytes]] = [...files] as [[string, Uint8Array]]; // a single file is one
  const comment = /^\s*\/\*\s*plugin\.json\s*(\{[\s\S]*?\})\s*\*\//.exec(text(bytes));
  if (comment === null)
    throw new PluginError(`${shown} doesn't start with its manifest`, {
      code: "bad-manifest",
      help: 'start the file with /* plugin.json { "name": … } */',
    });
  return { manifest: parse(comment[1] as string, shown), entry };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
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
