/**
 * Node's URL parser for the isolate: `{href, base?, set?: [part, value]}` as JSON in, the parts as JSON out, `null`
 * for what is not a URL.
 */
export function parseUrl(text: unknown): string | null {
  try {
    const q = JSON.parse(String(text)) as {
      href: string;
      base?: string;
      set?: [part: string, value: string];
    };
    const url = new URL(q.href, q.base);
    if (q.set !== undefined) {
      const [part, value] = q.set;
      if (!settable.has(part)) return null;
      (url as unknown as Record<string, string>)[part] = value;
    }
    const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
    return JSON.stringify({
      href,
      origin,
      protocol,
      username,
      password,
      host,
      hostname,
      port,
      pathname,
      search,
      hash,
    });
  } catch {
    return null;
  }
}

const settable = new Set([
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
]);
