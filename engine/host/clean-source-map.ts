interface RawMap {
  sources: string[];
  sourcesContent?: (string | null)[];
  sourceRoot?: string;
}

const marker = "\n//# sourceMappingURL=data:application/json;base64,";

/** Where the map begins that a bundle ends with; -1 when there is none. */
function mapStart(bundle: string): number {
  const at = bundle.lastIndexOf(marker);
  const end = at < 0 ? -1 : bundle.indexOf("\n", at + marker.length);
  return end >= 0 && bundle.slice(end).trim() !== "" ? -1 : at;
}

/** The map that a bundle ends with, as text; `undefined` when there is none. */
export function readInlineMap(bundle: string): string | undefined {
  const at = mapStart(bundle);
  return at < 0 ? undefined : Buffer.from(bundle.slice(at + marker.length), "base64").toString("utf8");
}

/**
 * The bundle with a map that names files as the plugin's author knows them and holds the text of the author's own files
 * only, for the lines that errors show. A plugin that was bundled before brings names from the machine where that was
 * done; what leads out of its folder is cut to the last two parts.
 */
export function cleanSourceMap(bundle: string): string {
  const text = readInlineMap(bundle);
  if (text === undefined) return bundle;
  const map = JSON.parse(text) as RawMap;
  delete map.sourceRoot;
  map.sourcesContent = map.sources.map((source, i) =>
    isOwnSource(source) ? (map.sourcesContent?.[i] ?? null) : null,
  );
  map.sources = map.sources.map(cleanSourceName);
  const encoded = Buffer.from(JSON.stringify(map)).toString("base64");
  return `${bundle.slice(0, mapStart(bundle))}${marker}${encoded}\n`;
}

/** The bundle without its map: what the isolate gets. */
export function withoutMap(bundle: string): string {
  const at = mapStart(bundle);
  return at < 0 ? bundle : `${bundle.slice(0, at)}\n`;
}

/** `index.ts`, `lib/box.ts`, `node_modules/yaml/dist/index.js`, `…/src/box.ts` for what lay elsewhere, `coppice/sdk/…`. */
export function cleanSourceName(source: string): string {
  if (source.startsWith("coppice:")) return source.replace("coppice:", "coppice/sdk/");
  const plain = source.replaceAll("\\", "/").replace(/^[a-z][a-z-]*:\/\//i, "");
  const inModules = plain.lastIndexOf("node_modules/");
  if (inModules >= 0) return plain.slice(inModules);
  if (!/^(\/|[A-Za-z]:\/|\.\.\/)/.test(plain)) return plain.replace(/^\.\//, "");
  const parts = plain.split("/").filter((part) => part !== "" && part !== "..");
  return `…/${parts.slice(-2).join("/")}`;
}

/** Whether a file was written by the plugin's author, as opposed to a library or the SDK. */
export function isOwnSource(source: string): boolean {
  return !source.includes("node_modules/") && !/^coppice[:/]/.test(source);
}
