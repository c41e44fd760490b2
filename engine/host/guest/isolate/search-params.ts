import { utf8Decode } from "./encoding.ts";

/** What `new URLSearchParams` takes. */
export type SearchParamsInitInside =
  | string
  | URLSearchParamsInside
  | Iterable<readonly [string, string]>
  | Record<string, string>;

/** Gives parameters new content, from the address that they belong to, which knows of it already. */
export let replaceParams: (params: URLSearchParamsInside, search: string) => void;

/** `URLSearchParams`. */
export class URLSearchParamsInside {
  #pairs: [string, string][];
  readonly #changed: (text: string) => void;

  constructor(init: SearchParamsInitInside = "", changed: (text: string) => void = () => {}) {
    this.#changed = changed;
    this.#pairs = typeof init === "object" && init !== null ? pairsOf(init) : parse(String(init));
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

  has(name: string, value?: unknown): boolean {
    return this.#pairs.some(([k, v]) => k === name && (value === undefined || v === String(value)));
  }

  append(name: string, value: unknown): void {
    this.#pairs.push([String(name), String(value).toWellFormed()]);
    this.#changed(this.toString());
  }

  set(name: string, value: unknown): void {
    const pair: [string, string] = [String(name), String(value).toWellFormed()];
    const first = this.#pairs.findIndex(([k]) => k === pair[0]);
    this.#pairs = this.#pairs.filter(([k], i) => k !== pair[0] || i === first);
    if (first < 0) this.#pairs.push(pair);
    else this.#pairs[first] = pair;
    this.#changed(this.toString());
  }

  delete(name: string, value?: unknown): void {
    this.#pairs = this.#pairs.filter(([k, v]) => k !== name || (value !== undefined && v !== String(value)));
    this.#changed(this.toString());
  }

  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed(this.toString());
  }

  forEach(f: (value: string, key: string, params: URLSearchParamsInside) => void, that?: unknown): void {
    for (const [k, v] of this) f.call(that, v, k, this);
  }

  *keys(): Generator<string> {
    for (const [k] of this) yield k;
  }

  *values(): Generator<string> {
    for (const [, v] of this) yield v;
  }

  *entries(): Generator<[string, string]> {
    for (let i = 0; i < this.#pairs.length; i++) yield [...(this.#pairs[i] as [string, string])];
  }

  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return this.#pairs.map(([k, v]) => `${encode(k)}=${encode(v)}`).join("&");
  }

  static {
    replaceParams = (params, search) => {
      params.#pairs = parse(search);
    };
  }
}

function pairsOf(init: Exclude<SearchParamsInitInside, string>): [string, string][] {
  const pairs = Symbol.iterator in init ? [...(init as Iterable<Iterable<unknown>>)] : Object.entries(init);
  return pairs.map((pair) => {
    const [k, v, ...more] = [...pair];
    if (v === undefined || more.length > 0) throw new TypeError("a parameter is a pair: name and value");
    return [String(k).toWellFormed(), String(v).toWellFormed()];
  });
}

function parse(text: string): [string, string][] {
  return text
    .replace(/^\?/, "")
    .split("&")
    .filter((piece) => piece !== "")
    .map((piece) => {
      const at = piece.indexOf("=");
      return at < 0 ? [decode(piece), ""] : [decode(piece.slice(0, at)), decode(piece.slice(at + 1))];
    });
}

function encode(text: string): string {
  const other = (c: string) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, other)
    .replaceAll("%20", "+");
}

function decode(text: string): string {
  const bytes = (run: string) => Uint8Array.from(run.slice(1).split("%"), (hex) => Number.parseInt(hex, 16));
  return text.replaceAll("+", " ").replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => utf8Decode(bytes(run), true));
}
