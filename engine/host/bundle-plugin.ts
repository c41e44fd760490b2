import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, extname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildFailure, build, type Loader, type Message, type Plugin } from "esbuild";
import { PluginError } from "./plugin-error.ts";
import type { PluginPlace } from "./read-manifest.ts";

const sdk = fileURLToPath(new URL("../../plugins/sdk", import.meta.url));
const loaders: Readonly<Record<string, Loader>> = { ".ts": "ts", ".js": "js", ".mjs": "js", ".json": "json" };

/**
 * One ES module from a plugin's own files and the SDK, with an inline source map whose paths are relative to the
 * plugin. The same files give the same text wherever they lie. Throws `PluginError` that names file, line and column.
 */
export async function bundlePlugin(place: PluginPlace, shownPath: string): Promise<string> {
  try {
    const result = await build({
      entryPoints: [place.entry],
      absWorkingDir: place.root,
      bundle: true,
      write: false,
      format: "esm",
      target: "es2024",
      platform: "neutral",
      mainFields: ["module", "main"],
      sourcemap: "inline",
      sourcesContent: false,
      legalComments: "none",
      logLevel: "silent",
      tsconfigRaw: "{}",
      plugins: [ownFilesOnly(place)],
    });
    return (result.outputFiles[0] as { text: string }).text;
  } catch (cause) {
    const errors = (cause as BuildFailure).errors;
    if (!Array.isArray(errors) || errors.length === 0) throw cause;
    throw new PluginError(`${shownPath} can't be bundled: ${errors.slice(0, 5).map(describe).join("; ")}`, {
      code: "bad-plugin",
      cause,
    });
  }
}

function describe(message: Message): string {
  const at = message.location;
  return at === null ? message.text : `${at.file}:${at.line}:${at.column + 1}: ${message.text}`;
}

/** Decides on every import: links are followed first, and what then lies outside is refused. */
function ownFilesOnly(place: PluginPlace): Plugin {
  const inside = (file: string) => (place.single ? file === place.entry : file.startsWith(place.root + sep));
  return {
    name: "own-files-only",
    setup(b) {
      b.onResolve({ filter: /.*/ }, async (q) => {
        if (q.pluginData === asked) return undefined;
        if (q.kind === "entry-point") return { path: place.entry, namespace: "file" };
        if (q.path === "coppice/sdk") return inSdk("sdk.ts");
        if (q.namespace === sdkNamespace) return inSdk(posix.join(posix.dirname(q.importer), q.path));
        if (isBuiltin(q.path))
          return refuse(
            `"${q.path}" is a part of Node; a plugin has only its host: use host.http, host.command …`,
          );
        const found = await b.resolve(q.path, { kind: q.kind, resolveDir: q.resolveDir, pluginData: asked });
        if (found.errors.length > 0)
          return refuse(
            `"${q.path}" is not among the plugin's own files; copy it there, or bundle the plugin before`,
          );
        const file = await realpath(found.path);
        if (file.startsWith(sdk + sep)) return inSdk(relative(sdk, file).replaceAll(sep, "/"));
        if (!inside(file)) return refuse(`"${q.path}" leads out of the plugin's folder; copy the file there`);
        return { path: file, namespace: "file" };
      });
      b.onLoad({ filter: /.*/, namespace: "file" }, async (q) => load(q.path));
      b.onLoad({ filter: /.*/, namespace: sdkNamespace }, async (q) => load(join(sdk, q.path)));
    },
  };
}

const asked = Symbol("already asked");
const sdkNamespace = "coppice";

function inSdk(path: string) {
  return { path, namespace: sdkNamespace };
}

function refuse(text: string) {
  return { errors: [{ text }] };
}

/** What was checked is what is read: a link that took the file's place since is refused by the system. */
async function load(path: string) {
  const loader = loaders[extname(path)];
  if (loader === undefined) return refuse(`${path} is not TypeScript, JavaScript or JSON`);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return { contents: await file.readFile("utf8"), loader, resolveDir: dirname(path) };
  } finally {
    await file.close();
  }
}
