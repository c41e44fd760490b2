import type { Json } from "../../../../plugins/sdk/driver.ts";
import type { HttpResponse } from "../../../../plugins/sdk/host.ts";
import type { AbortSignalInside } from "./abort.ts";
import { TextEncoderInside } from "./encoding.ts";
import { URLInside } from "./url.ts";
import { currentCall, request } from "./wires.ts";

interface FetchOptions {
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly body?: unknown;
  readonly signal?: AbortSignalInside;
  readonly redirect?: "follow" | "manual" | "error";
}

type HeadersInit = HeadersInside | Iterable<[string, string]> | Record<string, string>;

const redirectsAtMost = 5;

/** `fetch` over `host.http`. Each redirect is a request of its own, checked like the first. Bodies are text. */
export async function fetchInside(input: unknown, options: FetchOptions = {}): Promise<ResponseInside> {
  let url = String(input);
  let method = String(options.method ?? "GET").toUpperCase();
  let body = bodyText(options.body);
  const sent = new HeadersInside(options.headers);
  const first = new URLInside(url).origin; // credentials stay there
  for (let turn = 0; ; turn++) {
    options.signal?.throwIfAborted();
    if (new URLInside(url).origin !== first)
      for (const name of ["authorization", "cookie"]) sent.delete(name);
    const headers = Object.fromEntries(sent);
    const answer = (await abortable(
      request(currentCall(), "http", { method, url, headers, ...(body === undefined ? {} : { body }) }),
      options.signal,
    )) as unknown as HttpResponse;
    const to = answer.headers["location"];
    const moved = [301, 302, 303, 307, 308].includes(answer.status) && to !== undefined;
    if (!moved || options.redirect === "manual")
      return new ResponseInside(answer.text, { ...answer, url, redirected: turn > 0 });
    if (options.redirect === "error" || turn >= redirectsAtMost)
      throw new TypeError(`fetch of ${url} was redirected`);
    url = new URLInside(to, url).href;
    if (answer.status === 303 || (answer.status < 303 && method === "POST"))
      [method, body] = ["GET", undefined];
  }
}

function bodyText(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "object" && (body instanceof ArrayBuffer || ArrayBuffer.isView(body)))
    throw new TypeError("fetch sends text here; bytes are not supported");
  return String(body);
}

function abortable<T>(promise: Promise<T>, signal: AbortSignalInside | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** `Headers`: names in lower case. */
export class HeadersInside {
  readonly #map = new Map<string, string>();

  constructor(init: HeadersInit = {}) {
    const pairs = Symbol.iterator in init ? [...(init as Iterable<[string, string]>)] : Object.entries(init);
    for (const [name, value] of pairs) this.append(name, value);
  }

  get(name: string): string | null {
    return this.#map.get(String(name).toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#map.has(String(name).toLowerCase());
  }

  set(name: string, value: string): void {
    this.#map.set(String(name).toLowerCase(), String(value));
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? String(value) : `${before}, ${value}`);
  }

  delete(name: string): void {
    this.#map.delete(String(name).toLowerCase());
  }

  forEach(f: (value: string, name: string) => void): void {
    for (const [name, value] of this) f(value, name);
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return [...this.#map].sort(([a], [b]) => (a < b ? -1 : 1))[Symbol.iterator]();
  }

  entries(): IterableIterator<[string, string]> {
    return this[Symbol.iterator]();
  }
}

/** `Response` with its whole text at hand. */
export class ResponseInside {
  readonly status: number;
  readonly headers: HeadersInside;
  readonly url: string;
  readonly redirected: boolean;
  bodyUsed = false;
  readonly #text: string;

  constructor(
    text: unknown = "",
    o: { status?: number; headers?: HeadersInit; url?: string; redirected?: boolean } = {},
  ) {
    this.#text = String(text ?? "");
    this.status = o.status ?? 200;
    this.headers = new HeadersInside(o.headers);
    this.url = o.url ?? "";
    this.redirected = o.redirected ?? false;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  async text(): Promise<string> {
    if (this.bodyUsed) throw new TypeError("the body was read before");
    this.bodyUsed = true;
    return this.#text;
  }

  async json(): Promise<Json> {
    return JSON.parse(await this.text()) as Json;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new TextEncoderInside().encode(await this.text()).buffer as ArrayBuffer;
  }
}
