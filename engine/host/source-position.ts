import { SourceMap } from "node:module";
import { isOwnSource, readInlineMap } from "./clean-source-map.ts";
import { sourceFrame } from "./source-frame.ts";

/** A place in one of the plugin's files; line and column count from 1. */
export interface SourcePlace {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

interface Maps {
  readonly map: SourceMap | undefined;
  /** Texts of the author's own files, by name. */
  readonly texts: ReadonlyMap<string, string>;
}

const framesAtMost = 30;

/** Turns lines of a bundle into lines of the plugin's own files, with the map that the bundle ends with. */
export class SourcePositions {
  readonly #bundle: string;
  #read: Maps | undefined;

  /** Reads nothing yet: most plugins never fail. */
  constructor(bundle: string) {
    this.#bundle = bundle;
  }

  /**
   * `index.ts:12:5`: the topmost frame that lies in the author's own files, and where a library was then:
   * `index.ts:12:5 (in node_modules/yaml/dist/parse.js:3:1)`.
   */
  where(stack: string): string | undefined {
    const places = stack.split("\n").flatMap((line) => this.#place(line) ?? []);
    const [top] = places;
    const own = places.find((place) => isOwnSource(place.source));
    if (top === undefined || own === undefined || own === top) return top && show(top);
    return `${show(own)} (in ${show(top)})`;
  }

  /**
   * A stack as the author knows it, `undefined` when none of it is known: the message, the frames in the plugin's files,
   * asynchronous ones too, and the line that failed. Frames of ours are left out.
   */
  trace(title: string, stack: string): string | undefined {
    const frames: string[] = [];
    let own: SourcePlace | undefined;
    for (const line of stack.split("\n")) {
      const place = this.#place(line);
      if (place === undefined || frames.length >= framesAtMost) continue;
      if (own === undefined && isOwnSource(place.source)) own = place;
      const name = /^\s*at (.*?) \(/.exec(line)?.[1] ?? (/^\s*at async /.test(line) ? "async" : undefined);
      frames.push(name === undefined ? `    at ${show(place)}` : `    at ${name} (${show(place)})`);
    }
    if (frames.length === 0) return undefined;
    const text = own && this.#maps().texts.get(own.source);
    return [title, ...frames, ...(own && text !== undefined ? [sourceFrame(text, own)] : [])].join("\n");
  }

  /** A text in which places of the bundle are places in the plugin's files; lines of our own code are left out. */
  inText(text: string): string {
    if (!text.includes("plugin:")) return text;
    return text.replace(/\n\s+at [^\n]*\(?coppice:[^\n]*/g, "").replace(/plugin:[^\s():]*:\d+:\d+/g, (at) => {
      const place = this.#place(at);
      return place === undefined ? at : show(place);
    });
  }

  #place(line: string): SourcePlace | undefined {
    const at = /plugin:[^\s()]*?:(\d+):(\d+)\)?\s*$/.exec(line);
    if (at === null) return undefined;
    const found = this.#maps().map?.findEntry(Number(at[1]) - 1, Number(at[2]) - 1);
    if (found === undefined || !("originalSource" in found)) return undefined;
    return { source: found.originalSource, line: found.originalLine + 1, column: found.originalColumn + 1 };
  }

  #maps(): Maps {
    this.#read ??= readMaps(this.#bundle);
    return this.#read;
  }
}

function readMaps(bundle: string): Maps {
  const text = readInlineMap(bundle);
  if (text === undefined) return { map: undefined, texts: new Map() };
  const raw = JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0];
  const texts = raw.sources.flatMap((source, i) => {
    const content = raw.sourcesContent?.[i];
    return typeof content === "string" ? [[source, content] as const] : [];
  });
  return { map: new SourceMap(raw), texts: new Map(texts) };
}

function show({ source, line, column }: SourcePlace): string {
  return `${source}:${line}:${column}`;
}
