import { lookup } from "node:dns";
import { type Networks, readNetworks } from "./addresses.ts";

/** What the operator of this machine sets for all plugins. */
export interface BrokerSettings {
  /** Names of granted hosts may lead into these networks although they are not public. */
  readonly privateNetworks: Networks;
  /** All HTTP but to loopback and `noProxy` goes through it: `http://user:word@proxy:3128`. */
  readonly proxy: URL | null;
  /** Hosts and networks that are reached without the proxy; `.example.org` means all below. */
  readonly noProxy: readonly string[];
  /** Requests a second of one plugin in one project; more wait for their turn. */
  readonly requestsPerSecond: number;
  /** Body of one request or answer that is not streamed. */
  readonly bodyBytes: number;
  /** What one stream may carry. */
  readonly streamBytes: number;
  /** File of host keys for ssh, in the form of `known_hosts`. */
  readonly knownHosts: string | null;
  /** File that says with which credentials the host signs requests in. */
  readonly credentials: string | null;
  /** Where the variables are that the file of credentials names. */
  readonly environment: NodeJS.ProcessEnv;
  /** How names are looked up. */
  readonly resolve: typeof lookup;
}

export const defaultBrokerSettings: BrokerSettings = {
  privateNetworks: [],
  proxy: null,
  noProxy: [],
  requestsPerSecond: 1000,
  bodyBytes: 4 * 1024 * 1024,
  streamBytes: 256 * 1024 * 1024,
  knownHosts: null,
  credentials: null,
  environment: {},
  resolve: lookup,
};

/** Reads `COPPICE_PRIVATE_NETWORKS`, `COPPICE_PROXY`, `COPPICE_NO_PROXY`, … Throws for a value that means nothing. */
export function readBrokerSettings(env: NodeJS.ProcessEnv): BrokerSettings {
  const defaults = defaultBrokerSettings;
  return {
    ...defaults,
    privateNetworks: networks(env["COPPICE_PRIVATE_NETWORKS"] ?? ""),
    proxy: env["COPPICE_PROXY"] ? proxyUrl(env["COPPICE_PROXY"]) : null,
    noProxy: (env["COPPICE_NO_PROXY"] ?? "").split(",").flatMap((one) => one.trim().toLowerCase() || []),
    requestsPerSecond: count(env, "COPPICE_PLUGIN_REQUESTS_PER_SECOND", defaults.requestsPerSecond),
    streamBytes: count(env, "COPPICE_PLUGIN_STREAM_BYTES", defaults.streamBytes),
    knownHosts: env["COPPICE_SSH_KNOWN_HOSTS"] || null,
    credentials: env["COPPICE_CREDENTIALS"] || null,
    environment: env,
  };
}

function networks(text: string): Networks {
  try {
    return readNetworks(text);
  } catch (cause) {
    const message = `COPPICE_PRIVATE_NETWORKS is "${text}"; write networks parted by commas: 10.0.0.0/8,fd00::/8`;
    throw new Error(message, { cause });
  }
}

function proxyUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new Error("COPPICE_PROXY is not an address; write http://proxy.example.org:3128");
}

function count(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  if (/^[1-9][0-9]{0,11}$/.test(text)) return Number(text);
  throw new Error(`${name} is "${text}"; write a whole number above 0`);
}
