import path from "node:path";
import { loadPlugin } from "../host/load-plugin.ts";
import type { ApiClient } from "./api-client.ts";
import type { Output } from "./output.ts";
import type { ProgramText } from "./read-program.ts";

/** Loads the plugins that a program names and gives them to the server; their hashes by the path as written. */
export async function uploadPlugins(
  program: ProgramText,
  api: ApiClient,
  output: Output,
): Promise<Record<string, string>> {
  const [{ parseProgram }, { findPlugins }] = await Promise.all([
    import("../../grammar/parse.ts"),
    import("../../grammar/compile.ts"),
  ]);
  const paths = findPlugins(parseProgram(program.text).program).map((each) => each.path);
  const hashes: Record<string, string> = {};
  for (const written of new Set(paths)) {
    const plugin = await loadPlugin(path.resolve(program.folder, written));
    const { manifest, bundle } = plugin;
    const { hash } = await api.call<{ hash: string }>("PUT", "/v1/plugins", { manifest, bundle });
    output.note(
      output.paint(
        "dim",
        `plugin ${manifest.name} ${manifest.version} from ${written} (${hash.slice(0, 12)}, ${manifest.tier})`,
      ),
    );
    hashes[written] = hash;
  }
  return hashes;
}
