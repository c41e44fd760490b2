import { importPath } from "../actions/import-paths.ts";
import { loadPlugin } from "../host/load-plugin.ts";
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
  const [{ parseProgram }, { findPlugins }, { pluginFolder }] = await Promise.all([
    import("../../grammar/parse.ts"),
    import("../../grammar/compile.ts"),
    import("./check-program.ts"),
  ]);
  const wanted = new Map<string, string>();
  for (const { path } of findPlugins(parseProgram(program.text).program))
    wanted.set(path, pluginFolder(program, program.path, path));
  for (const source of imports) {
    for (const { path } of findPlugins(source.program))
      wanted.set(importPath(source.path, path), pluginFolder(program, source.path, path));
  }
  const hashes: Record<string, string> = {};
  const uploaded = new Map<string, string>();
  for (const [name, folder] of wanted) {
    hashes[name] = uploaded.get(folder) ?? (await upload(name, folder, api, output));
    uploaded.set(folder, hashes[name]);
  }
  return hashes;
}

async function upload(name: string, folder: string, api: ApiClient, output: Output): Promise<string> {
  const { manifest, bundle } = await loadPlugin(folder);
  const { hash } = await api.call<{ hash: string }>("PUT", "/v1/plugins", { manifest, bundle });
  output.note(
    output.paint(
      "dim",
      `plugin ${manifest.name} ${manifest.version} from ${name} (${hash.slice(0, 12)}, ${manifest.tier})`,
    ),
  );
  return hash;
}
