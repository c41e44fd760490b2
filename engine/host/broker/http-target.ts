/** What an `allow http` line covers: `GET,HEAD https://api.example.org:443/v1/*`, of which only the host must be there. */
export interface HttpTarget {
  /** `null`: every method. */
  readonly methods: ReadonlySet<string> | null;
  /** `null`: `http:` and `https:`. */
  readonly protocol: string | null;
  /** Host and port as a URL writes them: `api.example.org:443`. */
  readonly place: string;
  /** Segments of the path, `*` for any one, a last `**` for all below; `null`: every path. */
  readonly path: readonly string[] | null;
}

/** A request as a target sees it. */
export interface HttpWish {
  readonly method: string;
  readonly url: URL;
}

/** Reads a target; `undefined` for one that means nothing, which then covers nothing. */
export function parseHttpTarget(written: string): HttpTarget | undefined {
  const parts = /^(?:([A-Z]+(?:,[A-Z]+)*) +)?(?:(https?):\/\/)?([^\s/?#@\\]+)(\/[^\s?#\\]*)?$/.exec(written);
  if (parts === null) return undefined;
  const [, methods, scheme, authority = "", path = ""] = parts;
  const url = URL.parse(`${scheme ?? "https"}://${authority}`);
  if (url === null || url.hostname === "") return undefined;
  const port =
    url.port || (scheme === undefined && /:80$/.test(authority) ? "80" : defaultPort(url.protocol));
  const rest = path.replace(/\/\*$/, "/**");
  return {
    methods: methods === undefined ? null : new Set(methods.split(",")),
    protocol: scheme === undefined ? null : url.protocol,
    place: `${url.hostname}:${port}`,
    path: path === "" || path === "/" ? null : rest.slice(1).split("/"),
  };
}

/** Whether a written target covers a request: method, scheme, host, port and path. */
export function coversRequest(written: string, wish: HttpWish): boolean {
  const target = parseHttpTarget(written);
  if (target === undefined || !coversPlace(written, wish.url)) return false;
  if (target.methods !== null && !target.methods.has(wish.method)) return false;
  return target.path === null || coversPath(target.path, wish.url.pathname);
}

/** Whether a written target covers scheme, host and port, whatever it says of methods and paths. */
export function coversPlace(written: string, url: URL): boolean {
  const target = parseHttpTarget(written);
  if (target === undefined) return false;
  return (target.protocol === null || target.protocol === url.protocol) && target.place === placeOf(url);
}

/** `api.example.org:443`. */
export function placeOf(url: URL): string {
  return `${url.hostname}:${url.port || defaultPort(url.protocol)}`;
}

/**
 * The URL's own `..` are gone by now. What a server may still read as another path is covered by nothing: an encoded
 * slash or backslash, dots that hide in percents, an empty segment, a parameter behind dots (`..;`).
 */
function coversPath(pattern: readonly string[], path: string): boolean {
  const segments = path.slice(1).split("/");
  if (segments.some((segment, i) => isAmbiguous(segment, i === segments.length - 1))) return false;
  const open = pattern.at(-1) === "**";
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? segments.length <= fixed.length : segments.length !== fixed.length) return false;
  return fixed.every((wanted, i) => wanted === "*" || wanted === segments[i]);
}

function isAmbiguous(segment: string, last: boolean): boolean {
  if (segment === "") return !last;
  let text = segment;
  for (let turn = 0; turn < 4 && text.includes("%"); turn++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      return true;
    }
  }
  return /[/\\\u0000-\u001f]/.test(text) || /^\.\.?(;|$)/.test(text);
}

function defaultPort(protocol: string): string {
  return protocol === "https:" ? "443" : "80";
}
