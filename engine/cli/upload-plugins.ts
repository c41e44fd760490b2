import { importPath } from "../actions/import-paths.ts";
import { loadPackage } from "../host/load-plugin.ts";
import { packPlugin } from "../plugins/pack-plugin.ts";
import type { PluginPackage } from "../plugins/plugin-package.ts";
import { type AdmittedPlugin, admitPlugin } from "./admit-plugin.ts";
import type { ApiClient } from "./api-client.ts";
import type { Output } from "./output.ts";
import type { ProgramText } from "./read-program.ts";
import type { ReadSource } from "./read-sources.ts";

/**
 * Loads the plugins that a program and its imports name and gives them to the server; their hashes by the path as the
 * program writes it, and as it looks from the program's place for an imported file.
 */
export async function uploadPlugins(
  program: ProgramText,
  imports: readonly ReadSource[],
  api: ApiClient,
  output: Output,
): Promise<Record<string, string>> {
  const [{ parseProgram }, { findPlugins }, { pluginPath }] = await Promise.all([
    import("../../grammar/parse.ts"),
    import("../../grammar/compile.ts"),
    import("./check-program.ts"),
  ]);
  const wanted = new Map<string, { readonly place: string; readonly written: string }>();
  for (const { path } of findPlugins(parseProgram(program.text).program))
    wanted.set(path, { place: pluginPath(program, program.path, path), written: path });
  for (const source of imports) {
    for (const { path } of findPlugins(source.program))
      wanted.set(importPath(source.path, path), {
        place: pluginPath(program, source.path, path),
        written: path,
      });
  }
  const hashes: Record<string, string> = {};
  const uploaded = new Map<string, string>();
  for (const [name, { place, written }] of wanted) {
    hashes[name] =
      uploaded.get(place) ?? (await upload(name, admitPlugin(program, place, written), api, output));
    uploaded.set(place, hashes[name]);
  }
  return hashes;
}

/** A signed plugin goes with all its files, so that the server sees the signature too; of others the bundle is enough. */
async function upload(name: string, plugin: AdmittedPlugin, api: ApiClient, output: Output): Promise<string> {
  const { manifest, pack, signature } = plugin;
  const hash = signature.state === "signed" ? await uploadPackage(pack, api) : await uploadBundle(pack, api);
  const by = signature.signer === null ? "unsigned" : `signed by ${signature.signer}`;
  output.note(
    output.paint(
      "dim",
      `plugin ${manifest.name} ${manifest.version} from ${name} (${hash.slice(0, 12)}, ${manifest.tier}, ${by})`,
    ),
  );
  return hash;
}

async function uploadBundle(pack: PluginPackage, api: ApiClient): Promise<string> {
  const { manifest, bundle } = await loadPackage(pack);
  return (await api.call<{ hash: string }>("PUT", "/v1/plugins", { manifest, bundle })).hash;
}

/** Gives a plugin with all its files to the server, which checks, bundles and keeps it; its hash. */
export async function uploadPackage(pack: PluginPackage, api: ApiClient): Promise<string> {
  return (await api.upload<{ hash: string }>("/v1/plugins/packages", packPlugin(pack), "application/gzip"))
    .hash;
}
