import { lookup } from "node:dns";
import type { Config } from "../../config/config.ts";
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
  /** Whether commands that ask for no jail run in one all the same: without network, with the system's programs alone. */
  readonly jailCommands: boolean;
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
  jailCommands: false,
  knownHosts: null,
  credentials: null,
  environment: {},
  resolve: lookup,
};

/** What the configuration says. */
export function readBrokerSettings(config: Config): BrokerSettings {
  return {
    ...defaultBrokerSettings,
    privateNetworks: readNetworks(config.get("private-networks").join(",")),
    proxy: config.get("proxy"),
    noProxy: config.get("no-proxy"),
    requestsPerSecond: config.get("plugin-requests-per-second"),
    streamBytes: config.get("plugin-stream-bytes"),
    jailCommands: config.get("jail-commands"),
    knownHosts: config.get("ssh-known-hosts"),
    credentials: config.get("credentials"),
    environment: config.environment,
  };
}
