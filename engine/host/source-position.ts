import { SourceMap } from "node:module";

/** Turns lines of a bundle into lines of the plugin's own files, with the map that the bundle ends with. */
export class SourcePositions {
  readonly #map: SourceMap | undefined;

  constructor(bundle: string) {
    const inline = /\n\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/.exec(
      bundle,
    );
    if (inline?.[1] === undefined) return;
    this.#map = new SourceMap(JSON.parse(Buffer.from(inline[1], "base64").toString("utf8")));
  }

  /** `index.ts:12:5` of the topmost frame that lies in the plugin's own code. */
  where(stack: string): string | undefined {
    for (const [, line, column] of stack.matchAll(/plugin:[^\s()]*:(\d+):(\d+)/g)) {
      const found = this.#map?.findEntry(Number(line) - 1, Number(column) - 1);
      if (found === undefined || !("originalSource" in found)) continue;
      const source = found.originalSource.replace(/^coppice:/, "coppice/sdk/");
      return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
    }
    return undefined;
  }
}

/** The bundle without its map: what the isolate gets. */
export function withoutMap(bundle: string): string {
  return bundle.replace(/\n\/\/# sourceMappingURL=data:[^\n]*\s*$/, "\n");
}
