import { createHash } from "node:crypto";
import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import ipaddr from "ipaddr.js";
import { Agent, buildConnector, type Dispatcher } from "undici";
import { addressOf, isWithin, readNetworks } from "./addresses.ts";
import type { BrokerSettings } from "./broker-settings.ts";

/** What a request presents of itself and trusts beyond the system's authorities. PEM texts. */
export interface ClientTls {
  readonly certificate?: string;
  readonly key?: string;
  readonly authority?: string;
}

const kept = 256;
const connectMs = 10_000;

/**
 * Connections to HTTP servers: kept open, direct or through the operator's proxy, apart for each owner and client
 * certificate. What one plugin leaves in a connection (a body that a server doesn't read, say) is never another's request.
 */
export class Dispatchers {
  readonly #lookup: LookupFunction;
  readonly #settings: Pick<BrokerSettings, "proxy" | "noProxy">;
  readonly #agents = new Map<string, Agent>();

  constructor(lookup: LookupFunction, settings: Pick<BrokerSettings, "proxy" | "noProxy">) {
    this.#lookup = lookup;
    this.#settings = settings;
  }

  /** The connections of an owner for what a request presents. */
  of(owner: string, tls: ClientTls | null): Dispatcher {
    const presented = tls === null ? "" : createHash("sha256").update(JSON.stringify(tls)).digest("hex");
    const name = `${presented} ${owner}`;
    const known = this.#agents.get(name);
    const agent = known ?? this.#make(tls);
    this.#agents.delete(name);
    this.#agents.set(name, agent); // the newest last
    const [oldest] = this.#agents.keys();
    if (this.#agents.size > kept && oldest !== undefined) {
      void this.#agents.get(oldest)?.close();
      this.#agents.delete(oldest);
    }
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  #make(tls: ClientTls | null): Agent {
    const connect = buildConnector({
      lookup: this.#lookup,
      timeout: connectMs,
      ...(tls?.certificate === undefined ? {} : { cert: tls.certificate }),
      ...(tls?.key === undefined ? {} : { key: tls.key }),
      ...(tls?.authority === undefined ? {} : { ca: tls.authority }),
    } as Parameters<typeof buildConnector>[0]);
    const { proxy } = this.#settings;
    return new Agent({
      connections: 64,
      pipelining: 1,
      keepAliveTimeout: 4000,
      connect: proxy === null ? connect : this.#throughProxy(proxy, connect),
    });
  }

  /** The name is looked up and checked here; the proxy is told the address, so that both mean the same place. */
  #throughProxy(proxy: URL, connect: buildConnector.connector): buildConnector.connector {
    return (options, done) => {
      if (isDirect(options.hostname, this.#settings.noProxy)) return connect(options, done);
      const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
      addressOf(options.hostname, this.#lookup)
        .then((address) => tunnel(proxy, address, port))
        .then(
          (socket) => {
            if (options.protocol === "https:") connect({ ...options, httpSocket: socket }, done);
            else done(null, socket);
          },
          (error: Error) => done(error, null),
        );
    };
  }
}

const loopback = readNetworks("127.0.0.0/8,::1/128");

function isDirect(host: string, noProxy: readonly string[]): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (bare === "localhost" || isWithin(bare, loopback)) return true;
  return noProxy.some((one) => {
    if (ipaddr.isValidCIDR(one)) return isWithin(bare, readNetworks(one));
    return one.startsWith(".") ? bare.endsWith(one) : bare === one;
  });
}

function tunnel(proxy: URL, address: string, port: number): Promise<Socket> {
  const to = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const login = [proxy.username, proxy.password].map(decodeURIComponent).join(":");
  const headers: Record<string, string> = { host: to };
  if (login !== ":") headers["proxy-authorization"] = `Basic ${Buffer.from(login).toString("base64")}`;
  const ask = proxy.protocol === "https:" ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = ask({
      host: proxy.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
      method: "CONNECT",
      path: to,
      headers,
      timeout: connectMs,
      agent: false,
    });
    const refuse = (why: string, cause?: Error) =>
      reject(new Error(`the proxy ${proxy.host} ${why}`, cause === undefined ? undefined : { cause }));
    request.on("connect", (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      refuse(`answered ${answer.statusCode} when asked for ${to}`);
    });
    request.on("response", (answer) => {
      answer.resume();
      refuse(`answered ${answer.statusCode} when asked for ${to}`);
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${connectMs} ms`)));
    request.on("error", (error) => refuse(`can't be used: ${error.message}`, error));
    request.end();
  });
}
