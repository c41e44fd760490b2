import { type BodyInitInside, BodyInside, bodyType, copyBody, hasBody } from "./body.ts";
import { type HeadersInitInside, HeadersInside } from "./headers.ts";
import { URLInside } from "./url.ts";

interface ResponseInit {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersInitInside;
}

interface Origin {
  readonly url: string;
  readonly redirected: boolean;
  readonly type: "basic" | "default" | "error";
}

const empty = new Set([204, 205, 304]);

/** One that came from somewhere. */
export let responseFrom: (
  body: BodyInitInside,
  init: ResponseInit,
  origin: Omit<Origin, "type">,
) => ResponseInside;

/** `Response`. */
export class ResponseInside extends BodyInside {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeadersInside;
  #origin: Origin = { url: "", redirected: false, type: "default" };

  constructor(body?: BodyInitInside, init: ResponseInit | null = {}) {
    super(body, () => this.headers.get("content-type"));
    const { status = 200, statusText = "", headers } = init ?? {};
    if (!Number.isInteger(status) || status < 200 || status > 599)
      throw new RangeError(`a response's status is 200 to 599, not ${status}`);
    if (empty.has(status) && hasBody(this))
      throw new TypeError(`a response with status ${status} has no body`);
    this.status = status;
    this.statusText = String(statusText);
    this.headers = new HeadersInside(headers);
    const type = bodyType(this);
    if (type !== null && !this.headers.has("content-type")) this.headers.set("content-type", type);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get url(): string {
    return this.#origin.url;
  }

  get redirected(): boolean {
    return this.#origin.redirected;
  }

  get type(): string {
    return this.#origin.type;
  }

  clone(): ResponseInside {
    const { status, statusText, headers } = this;
    const made = new ResponseInside(copyBody(this), { status, statusText, headers });
    made.#origin = this.#origin;
    return made;
  }

  static json(value: unknown, init: ResponseInit = {}): ResponseInside {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError("this value has no JSON");
    const headers = new HeadersInside(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new ResponseInside(text, { ...init, headers });
  }

  static redirect(url: unknown, status = 302): ResponseInside {
    if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`${status} is not a redirect`);
    return new ResponseInside(null, { status, headers: { location: new URLInside(url).href } });
  }

  static error(): ResponseInside {
    const made = new ResponseInside(null);
    made.#origin = { url: "", redirected: false, type: "error" };
    Object.defineProperty(made, "status", { value: 0, enumerable: true });
    return made;
  }

  static {
    responseFrom = (body, init, origin) => {
      const made = new ResponseInside(empty.has(init.status ?? 200) ? null : body, init);
      made.#origin = { ...origin, type: "basic" };
      return made;
    };
  }
}
