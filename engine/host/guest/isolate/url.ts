import { TextDecoderInside } from "./encoding.ts";
import { wires } from "./wires.ts";

type Part =
  | "href"
  | "origin"
  | "protocol"
  | "username"
  | "password"
  | "host"
  | "hostname"
  | "port"
  | "pathname"
  | "search"
  | "hash";
type Parts = Record<Part, string>;

/** `URL`; the parsing is done by the guest process's own parser. */
export class URLInside {
  #parts: Parts;
  #params: URLSearchParamsInside | undefined;

  constructor(url: unknown, base?: unknown) {
    const parts = parse(
      base === undefined ? { href: String(url) } : { href: String(url), base: String(base) },
    );
    if (parts === undefined) throw new TypeError(`Invalid URL: ${String(url).slice(0, 200)}`);
    this.#parts = parts;
  }

  static canParse(url: unknown, base?: unknown): boolean {
    return (
      parse(base === undefined ? { href: String(url) } : { href: String(url), base: String(base) }) !==
      undefined
    );
  }

  static parse(url: unknown, base?: unknown): URLInside | null {
    return URLInside.canParse(url, base) ? new URLInside(url, base) : null;
  }

  get searchParams(): URLSearchParamsInside {
    this.#params ??= new URLSearchParamsInside(this.#parts.search, (text) => this.#set("search", text));
    return this.#params;
  }

  toString(): string {
    return this.#parts.href;
  }

  toJSON(): string {
    return this.#parts.href;
  }

  #set(part: Part, value: string): void {
    const parts = parse({ href: this.#parts.href, set: [part, value] });
    if (parts !== undefined) this.#parts = parts;
  }

  get origin(): string {
    return this.#parts.origin;
  }

  get href(): string {
    return this.#parts.href;
  }

  set href(value: unknown) {
    const parts = parse({ href: String(value) });
    if (parts === undefined) throw new TypeError(`Invalid URL: ${String(value).slice(0, 200)}`);
    this.#parts = parts;
    this.#params = undefined;
  }

  static {
    const settable = [
      "protocol",
      "username",
      "password",
      "host",
      "hostname",
      "port",
      "pathname",
      "search",
      "hash",
    ] as const;
    for (const part of settable) {
      Object.defineProperty(URLInside.prototype, part, {
        configurable: true,
        enumerable: true,
        get(this: URLInside) {
          return this.#parts[part];
        },
        set(this: URLInside, value: unknown) {
          this.#set(part, String(value));
          if (part === "search") this.#params = undefined;
        },
      });
    }
  }
}

function parse(q: { href: string; base?: string; set?: [Part, string] }): Parts | undefined {
  const answer = wires.parseUrl(JSON.stringify(q));
  return answer === null ? undefined : (JSON.parse(answer) as Parts);
}

/** `URLSearchParams`. */
export class URLSearchParamsInside {
  #pairs: [string, string][] = [];
  readonly #changed: (text: string) => void;

  constructor(init: unknown = "", changed: (text: string) => void = () => {}) {
    this.#changed = changed;
    if (typeof init === "object" && init !== null) {
      const pairs =
        Symbol.iterator in init ? [...(init as Iterable<[unknown, unknown]>)] : Object.entries(init);
      this.#pairs = pairs.map(([k, v]) => [String(k), String(v)]);
      return;
    }
    for (const piece of String(init).replace(/^\?/, "").split("&")) {
      if (piece === "") continue;
      const at = piece.indexOf("=");
      this.#pairs.push(
        at < 0 ? [decode(piece), ""] : [decode(piece.slice(0, at)), decode(piece.slice(at + 1))],
      );
    }
  }

  get size(): number {
    return this.#pairs.length;
  }

  get(name: string): string | null {
    return this.#pairs.find(([k]) => k === name)?.[1] ?? null;
  }

  getAll(name: string): string[] {
    return this.#pairs.filter(([k]) => k === name).map(([, v]) => v);
  }

  has(name: string): boolean {
    return this.#pairs.some(([k]) => k === name);
  }

  append(name: string, value: unknown): void {
    this.#pairs.push([String(name), String(value)]);
    this.#changed(this.toString());
  }

  set(name: string, value: unknown): void {
    const first = this.#pairs.findIndex(([k]) => k === name);
    this.#pairs = this.#pairs.filter(([k], i) => k !== name || i === first);
    if (first < 0) this.#pairs.push([String(name), String(value)]);
    else this.#pairs[first] = [String(name), String(value)];
    this.#changed(this.toString());
  }

  delete(name: string): void {
    this.#pairs = this.#pairs.filter(([k]) => k !== name);
    this.#changed(this.toString());
  }

  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed(this.toString());
  }

  forEach(f: (value: string, key: string, params: URLSearchParamsInside) => void): void {
    for (const [k, v] of this.#pairs) f(v, k, this);
  }

  *keys(): Generator<string> {
    for (const [k] of this.#pairs) yield k;
  }

  *values(): Generator<string> {
    for (const [, v] of this.#pairs) yield v;
  }

  *entries(): Generator<[string, string]> {
    for (const [k, v] of this.#pairs) yield [k, v];
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return this.#pairs.map(([k, v]) => `${encode(k)}=${encode(v)}`).join("&");
  }
}

function encode(text: string): string {
  const other = (c: string) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, other)
    .replaceAll("%20", "+");
}

function decode(text: string): string {
  const bytes = (run: string) => Uint8Array.from(run.slice(1).split("%"), (hex) => Number.parseInt(hex, 16));
  return text.replaceAll("+", " ").replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => utf8.decode(bytes(run)));
}

const utf8 = new TextDecoderInside("utf-8", { ignoreBOM: true });
