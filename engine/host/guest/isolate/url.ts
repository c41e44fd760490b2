import { replaceParams, URLSearchParamsInside } from "./search-params.ts";
import { wires } from "./wires.ts";

const parts = [
  "href",
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
type Part = (typeof parts)[number];
type Parts = Record<Part | "origin", string>;

const { parse: parseJson, stringify } = JSON;

/** `URL`; the parsing is done by the guest process's own parser. */
export class URLInside {
  declare href: string;
  declare protocol: string;
  declare username: string;
  declare password: string;
  declare host: string;
  declare hostname: string;
  declare port: string;
  declare pathname: string;
  declare search: string;
  declare hash: string;
  #parts: Parts;
  #params: URLSearchParamsInside | undefined;

  constructor(url: unknown, base?: unknown) {
    this.#parts = parseOrThrow(url, base);
  }

  static canParse(url: unknown, base?: unknown): boolean {
    return parse(url, base) !== undefined;
  }

  static parse(url: unknown, base?: unknown): URLInside | null {
    try {
      return new URLInside(url, base);
    } catch {
      return null;
    }
  }

  get origin(): string {
    return this.#parts.origin;
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
    const changed = ask({ href: this.#parts.href, set: [part, value] });
    if (changed !== undefined) this.#parts = changed;
  }

  static {
    for (const part of parts) {
      Object.defineProperty(URLInside.prototype, part, {
        configurable: true,
        enumerable: true,
        get(this: URLInside) {
          return this.#parts[part];
        },
        set(this: URLInside, value: unknown) {
          if (part === "href") this.#parts = parseOrThrow(value);
          else this.#set(part, String(value));
          if (this.#params !== undefined && (part === "href" || part === "search"))
            replaceParams(this.#params, this.#parts.search);
        },
      });
    }
  }
}

function parseOrThrow(url: unknown, base?: unknown): Parts {
  const found = parse(url, base);
  if (found !== undefined) return found;
  const error = new TypeError(`Invalid URL: ${String(url).slice(0, 200)}`);
  throw Object.assign(error, { code: "ERR_INVALID_URL" });
}

function parse(url: unknown, base: unknown): Parts | undefined {
  return ask(base === undefined ? { href: String(url) } : { href: String(url), base: String(base) });
}

function ask(q: { href: string; base?: string; set?: [Part, string] }): Parts | undefined {
  const answer = wires.parseUrl(stringify(q));
  return answer === null ? undefined : (parseJson(answer) as Parts);
}
