import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, isAbsolute, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildFailure, build, type Loader, type Message, type Plugin, stop } from "esbuild";
import type { PluginPackage } from "../plugins/plugin-package.ts";
import { cleanSourceMap } from "./clean-source-map.ts";
import { PluginError } from "./plugin-error.ts";
import type { PluginPlace } from "./read-manifest.ts";

const sdk = fileURLToPath(new URL("../../plugins/sdk", import.meta.url));
const loaders: Readonly<Record<string, Loader>> = { ".ts": "ts", ".js": "js", ".mjs": "js", ".json": "json" };

/**
 * One ES module from a package's own files and the SDK, with an inline source map whose paths are relative to the
 * plugin, and the text of the author's own files in it. The same files give the same text wherever they lie. Throws `PluginError` that names file, line and column.
 */
export async function bundlePlugin(place: PluginPlace, pack: PluginPackage): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "coppice-plugin-")));
  builds += 1;
  try {
    await layOut(pack, root);
    const result = await build({
      entryPoints: [place.entry],
      absWorkingDir: root,
      bundle: true,
      write: false,
      format: "esm",
      target: "es2024",
      platform: "browser", // libraries choose the build that asks for the web's globals and not for Node
      define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
      sourcemap: "inline",
      legalComments: "none",
      logLevel: "silent",
      tsconfigRaw: "{}",
      plugins: [ownFilesOnly(place, pack, root)],
    });
    return cleanSourceMap((result.outputFiles[0] as { text: string }).text);
  } catch (cause) {
    const errors = (cause as BuildFailure).errors;
    if (!Array.isArray(errors) || errors.length === 0) throw cause;
    throw new PluginError(`${pack.shown} can't be bundled: ${errors.slice(0, 5).map(describe).join("; ")}`, {
      code: "bad-plugin",
      cause,
    });
  } finally {
    builds -= 1;
    if (builds === 0) await stop(); // esbuild's process would stay, with 19 MB
    await rm(root, { recursive: true, force: true });
  }
}

/** That go on now. */
let builds = 0;

/** The package's code in a fresh folder that nobody else may enter, because esbuild finds modules only on disk. */
async function layOut({ files }: PluginPackage, root: string): Promise<void> {
  const code = [...files].filter(([path]) => extname(path) in loaders);
  for (const folder of new Set(code.map(([path]) => dirname(path))))
    await mkdir(join(root, folder), { recursive: true });
  for (const [path, bytes] of code) await writeFile(join(root, path), bytes);
}

function describe(message: Message): string {
  const at = message.location;
  return at === null ? message.text : `${at.file}:${at.line}:${at.column + 1}: ${message.text}`;
}

/** Decides on every import; what is loaded are the bytes in memory, not what lies on disk. */
function ownFilesOnly(place: PluginPlace, pack: PluginPackage, root: string): Plugin {
  return {
    name: "own-files-only",
    setup(b) {
      b.onResolve({ filter: /.*/ }, async (q) => {
        if (q.pluginData === asked) return undefined;
        if (q.kind === "entry-point") return { path: join(root, place.entry), namespace: "file" };
        if (q.path === "coppice/sdk") return inSdk("sdk.ts");
        if (q.namespace === sdkNamespace) return inSdk(posix.join(posix.dirname(q.importer), q.path));
        if (isBuiltin(q.path))
          return refuse(
            `"${q.path}" is a part of Node; a plugin has only its host: use host.http, host.command …`,
          );
        const ours = sdkFile(pack, relative(root, q.resolveDir), q.path);
        if (ours !== null) return inSdk(ours);
        const found = await b.resolve(q.path, { kind: q.kind, resolveDir: q.resolveDir, pluginData: asked });
        const leaves = `"${q.path}" leads out of the plugin's folder; copy the file there`;
        if (found.errors.length > 0)
          return refuse(
            leadsOut(pack, relative(root, q.resolveDir), q.path)
              ? leaves
              : `"${q.path}" is not among the plugin's own files; copy it there, or bundle the plugin before`,
          );
        if (!found.path.startsWith(root + sep)) return refuse(leaves);
        return { path: found.path, namespace: "file" };
      });
      b.onLoad({ filter: /.*/, namespace: "file" }, (q) => load(pack, root, q.path));
      b.onLoad({ filter: /.*/, namespace: sdkNamespace }, async (q) => {
        const path = join(sdk, q.path);
        return { contents: await readFile(path, "utf8"), loader: "ts", resolveDir: dirname(path) };
      });
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

/** Drivers in this repository name the SDK by its path: its file, `null` for any other import. */
function sdkFile({ home }: PluginPackage, folder: string, path: string): string | null {
  if (home === null || !path.startsWith(".")) return null;
  const file = resolve(home, folder, path);
  return file.startsWith(sdk + sep) ? relative(sdk, file).replaceAll(sep, "/") : null;
}

/** Whether an import that led nowhere would leave the package: by its path, or through a link that was left out. */
function leadsOut({ links }: PluginPackage, folder: string, path: string): boolean {
  if (!path.startsWith(".")) return !isAbsolute(path) && links.has("node_modules");
  const place = posix.join(folder.replaceAll(sep, "/"), path);
  return place.startsWith("../") || [...links].some((link) => place === link || place.startsWith(`${link}/`));
}

function load(pack: PluginPackage, root: string, path: string) {
  const name = relative(root, path).replaceAll(sep, "/");
  const loader = loaders[extname(name)];
  const contents = pack.files.get(name);
  if (loader === undefined || contents === undefined)
    return refuse(`${name} is not TypeScript, JavaScript or JSON`);
  return { contents, loader, resolveDir: dirname(path) };
}
