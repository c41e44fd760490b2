import { statSync } from "node:fs";
import path from "node:path";
import type { PluginResolver } from "../../grammar/check/declarations/plugins.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import { readManifest } from "../host/read-manifest.ts";

type Resolved = ReturnType<PluginResolver>;

/** Plugins' manifests by path, read anew when their file has changed. Nothing of a plugin runs. */
export class PluginCache {
  private readonly known = new Map<string, { readonly stamp: string; readonly answer: Resolved }>();

  /** What a plugin provides, or why it can't be read. `from` is the program that names it. */
  read(written: string, from: string): Resolved {
    const place = path.resolve(path.dirname(from), written);
    const stamp = stampOf(place);
    const before = this.known.get(place);
    if (before !== undefined && before.stamp === stamp) return before.answer;
    const answer = readPlugin(place);
    this.known.set(place, { stamp, answer });
    return answer;
  }
}

function readPlugin(place: string): PluginSchema | { error: string; help?: string } {
  try {
    return readManifest(place);
  } catch (error) {
    const { message, help } = error as Error & { help?: string }; // readManifest throws PluginError alone
    return { error: message, ...(help === undefined ? {} : { help }) };
  }
}

/** Changes when the manifest does: of a folder its plugin.json, of a single file that file. */
function stampOf(place: string): string {
  for (const file of [path.join(place, "plugin.json"), place]) {
    const found = statSync(file, { throwIfNoEntry: false, bigint: true });
    if (found?.isFile()) return `${file} ${found.mtimeNs} ${found.size}`;
  }
  return "absent";
}
