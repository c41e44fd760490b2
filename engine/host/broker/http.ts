import { Agent } from "undici";
import { HostFailure } from "../plugin-host.ts";
import { checkedLookup } from "./addresses.ts";
import type { Capability } from "./broker-call.ts";
import { requireGrant } from "./grants.ts";
import { checkRequest, exchange, withoutQuery } from "./http-exchange.ts";

/** `host.http`: HTTP and HTTPS to granted hosts and ports. The address that was checked is the one connected to. */
export function httpCapability(lookup = checkedLookup()): Capability & { close(): Promise<void> } {
  const agent = new Agent({
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 4000,
    connect: { lookup, timeout: 10_000 },
  });
  return {
    target(input) {
      const { method, url } = (input ?? {}) as { method?: unknown; url?: unknown };
      return `${String(method).slice(0, 10)} ${withoutQuery(String(url))}`;
    },
    async run(call, input) {
      const q = checkRequest(input);
      const url = URL.parse(q.url);
      if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
        throw new HostFailure(`${withoutQuery(q.url)} is not an http or https address`, {
          code: "bad-request",
          retryable: false,
        });
      if (url.username !== "" || url.password !== "")
        throw new HostFailure(
          `${withoutQuery(q.url)} carries a password; send it as an authorization header`,
          {
            code: "bad-request",
            retryable: false,
          },
        );
      const wanted = `${url.hostname}:${url.port || defaultPort(url.protocol)}`;
      requireGrant(call, "http", wanted, (written) => covers(written, url.protocol, wanted));
      return exchange(agent, url.origin, url.pathname + url.search, q, call.signal);
    },
    close: () => agent.destroy(),
  };
}

/** Whether a target such as `api.example.com`, `127.0.0.1:8080` or `https://10.0.0.7:5000` means this host and port. */
export function covers(written: string, protocol: string, wanted: string): boolean {
  const scheme = /^(https?):\/\//.exec(written);
  const url = URL.parse(scheme === null ? `https://${written}` : written);
  if (url === null || (scheme !== null && url.protocol !== protocol)) return false;
  const port = url.port || (scheme === null && /:80\/?$/.test(written) ? "80" : defaultPort(url.protocol));
  return `${url.hostname}:${port}` === wanted;
}

function defaultPort(protocol: string): string {
  return protocol === "https:" ? "443" : "80";
}
