import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** A plugin of this folder as its author would ship it: one file with its libraries in it, and its map. */
export async function builtPlugin(name: string): Promise<LoadedPlugin> {
  const folder = await mkdtemp(join(tmpdir(), "coppice-built-"));
  const manifest = JSON.parse(await readFile(join(here, name, "plugin.json"), "utf8")) as object;
  await build({
    entryPoints: [join(here, name, "index.ts")],
    bundle: true,
    outfile: join(folder, "plugin.js"),
    format: "esm",
    platform: "browser",
    target: "es2024",
    sourcemap: "inline",
    logLevel: "silent",
    plugins: [plainXml],
  });
  await writeFile(join(folder, "plugin.json"), JSON.stringify({ ...manifest, entry: "./plugin.js" }));
  return loadPlugin(folder);
}

/** Amazon's clients take the browser's DOMParser where they take the browser's `fetch`; they have a parser of their own. */
const plainXml: Plugin = {
  name: "plain-xml",
  setup(b) {
    b.onLoad({ filter: /xml-parser\.browser\.js$/ }, async ({ path }) => ({
      contents: await readFile(path.replace(".browser", ""), "utf8"),
    }));
  },
};

/** A plugin of this folder with its libraries beside it in `node_modules`; the host bundles them. */
export async function installedPlugin(name: string, libraries: readonly string[]): Promise<LoadedPlugin> {
  const folder = await mkdtemp(join(tmpdir(), "coppice-installed-"));
  await cp(join(here, name), folder, { recursive: true });
  const entry = await readFile(join(folder, "index.ts"), "utf8");
  await writeFile(join(folder, "index.ts"), entry.replace(/"[./]+\/plugins\/sdk\/sdk\.ts"/, '"coppice/sdk"'));
  for (const library of libraries) {
    await mkdir(join(folder, "node_modules"), { recursive: true });
    await cp(join(root, "node_modules", library), join(folder, "node_modules", library), { recursive: true });
  }
  return loadPlugin(folder);
}
