import { statSync } from "node:fs";
import path from "node:path";
import type { PluginResolver } from "../../grammar/check/declarations/plugins.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import { readManifest } from "../host/read-manifest.ts";
import { findPluginPath } from "../plugins/find-plugin-path.ts";

type Resolved = ReturnType<PluginResolver>;

/** Plugins' manifests by path, read anew when their file has changed. Nothing of a plugin runs. */
export class PluginCache {
  private readonly known = new Map<string, { readonly stamp: string; readonly answer: Resolved }>();

  /** What a plugin provides, or why it can't be read. `from` is the program that names it. */
  read(written: string, from: string): Resolved {
    const found = findPlace(written, from);
    if (typeof found !== "string") return found;
    const place = found;
    const stamp = stampOf(place);
    const before = this.known.get(place);
    if (before !== undefined && before.stamp === stamp) return before.answer;
    const answer = readPlugin(place);
    this.known.set(place, { stamp, answer });
    return answer;
  }
}

function findPlace(written: string, from: string): string | Mistake {
  return orMistake(() => findPluginPath(written, path.dirname(path.resolve(from))));
}

function readPlugin(place: string): PluginSchema | Mistake {
  return orMistake(() => readManifest(place));
}

interface Mistake {
  readonly error: string;
  readonly help?: string;
}

function orMistake<T>(work: () => T): T | Mistake {
  try {
    return work();
  } catch (error) {
    const { message, help } = error as Error & { help?: string }; // both throw PluginError alone
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
