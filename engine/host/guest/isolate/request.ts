import { AbortControllerInside, AbortSignalInside } from "./abort.ts";
import { type BodyInitInside, BodyInside, bodyType, consumeBody, copyBody, hasBody } from "./body.ts";
import { type HeadersInitInside, HeadersInside } from "./headers.ts";
import { URLInside } from "./url.ts";

/** What `fetch` and `new Request` take beside the address. */
export interface RequestInitInside {
  readonly method?: string;
  readonly headers?: HeadersInitInside;
  readonly body?: BodyInitInside;
  readonly signal?: AbortSignalInside | null;
  readonly redirect?: "follow" | "manual" | "error";
  readonly keepalive?: boolean;
  readonly credentials?: string;
  readonly cache?: string;
  readonly mode?: string;
  readonly duplex?: string;
}

const upper = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH"]);

/** `Request`. What only browsers act on (`credentials`, `cache`, `mode`) is kept and has no effect. */
export class RequestInside extends BodyInside {
  readonly method: string;
  readonly url: string;
  readonly headers: HeadersInside;
  readonly signal: AbortSignalInside;
  readonly redirect: "follow" | "manual" | "error";
  readonly keepalive: boolean;
  readonly credentials: string;
  readonly cache: string;
  readonly mode: string;
  readonly duplex = "half";
  readonly destination = "";
  readonly referrer = "about:client";
  readonly referrerPolicy = "";
  readonly integrity = "";

  constructor(input: unknown, init: RequestInitInside = {}) {
    const from = input instanceof RequestInside ? input : undefined;
    const method = checkMethod(init.method ?? from?.method ?? "GET");
    const given = init.body !== undefined && init.body !== null;
    if ((method === "GET" || method === "HEAD") && (given || (from !== undefined && hasBody(from))))
      throw new TypeError(`Request with ${method} method cannot have body`);
    super(given ? init.body : from === undefined ? null : takeOver(from), () =>
      this.headers.get("content-type"),
    );
    const url = new URLInside(from?.url ?? input);
    if (url.username !== "" || url.password !== "")
      throw new TypeError("a request's address holds no password; send it as an authorization header");
    this.method = method;
    this.url = url.href;
    this.headers = new HeadersInside(init.headers ?? from?.headers);
    const type = given || from === undefined ? bodyType(this) : null;
    if (type !== null && !this.headers.has("content-type")) this.headers.set("content-type", type);
    this.signal = init.signal ?? from?.signal ?? new AbortControllerInside().signal;
    if (!(this.signal instanceof AbortSignalInside)) throw new TypeError("signal is not an AbortSignal");
    this.redirect = init.redirect ?? from?.redirect ?? "follow";
    this.keepalive = init.keepalive ?? from?.keepalive ?? false;
    this.credentials = init.credentials ?? from?.credentials ?? "same-origin";
    this.cache = init.cache ?? from?.cache ?? "default";
    this.mode = init.mode ?? from?.mode ?? "cors";
  }

  clone(): RequestInside {
    const { url, method, headers, signal, redirect, keepalive, credentials, cache, mode } = this;
    const more = { method, headers, signal, redirect, keepalive, credentials, cache, mode };
    const body = copyBody(this);
    return new RequestInside(url, body === null ? more : { ...more, body });
  }
}

/** The body of a request that becomes part of another; the first one counts as read. */
function takeOver(from: RequestInside): BodyInitInside {
  const body = copyBody(from);
  if (body !== null) void consumeBody(from).catch(() => {});
  return body;
}

function checkMethod(method: unknown): string {
  const text = String(method);
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(text)) throw new TypeError(`${text} is not a method`);
  if (/^(connect|trace|track)$/i.test(text)) throw new TypeError(`the method ${text} is not allowed`);
  return upper.has(text.toUpperCase()) && text.toUpperCase() !== "PATCH" ? text.toUpperCase() : text;
}
