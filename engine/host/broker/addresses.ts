import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { HostFailure } from "../plugin-host.ts";

/** Addresses in CIDR notation (`10.0.0.0/8`) that an operator lets names lead to. */
export type Networks = readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

/** Reads networks parted by commas. Throws for one that is none. */
export function readNetworks(text: string): Networks {
  const written = text.split(",").map((one) => one.trim());
  return written.filter((one) => one !== "").map((one) => ipaddr.parseCIDR(one));
}

/** Whether an address lies in one of the networks. */
export function isWithin(address: string, networks: Networks): boolean {
  if (!ipaddr.isValid(address)) return false;
  const one = ipaddr.process(address);
  return networks.some(([net, bits]) => net.kind() === one.kind() && one.match(net, bits));
}

/** Whether an address is one of the public internet: not private, loopback, link-local (metadata), mapped or reserved. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === "unicast";
}

/** Where clouds answer with credentials to whoever asks: no name may lead there, whatever the operator allows. */
const metadata = readNetworks("169.254.0.0/16,fd00:ec2::254/128,fe80::/10,100.100.100.200/32,192.0.0.192/32");

/** Whether an address may be reached: public, or in a network that the operator allows, and never where metadata are. */
export function isReachable(address: string, allowed: Networks): boolean {
  return isPublic(address) || (isWithin(address, allowed) && !isWithin(address, metadata));
}

/**
 * A look-up for sockets that connects only to what it has checked: every address of a name must be public, because a
 * name's owner can point it anywhere, at any time, or lie in a network that the operator allows. `localhost` is the one
 * name that means loopback. An address written as such never comes here: a grant names it literally.
 */
export function checkedLookup(
  resolve: typeof systemLookup = systemLookup,
  allowed: Networks = [],
): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses = (found ?? []) as { address: string; family: number }[];
      if (error !== null) return done(error, "");
      const bad = addresses.find(({ address }) =>
        hostname === "localhost"
          ? ipaddr.process(address).range() !== "loopback"
          : !isReachable(address, allowed),
      );
      const first = addresses[0];
      if (bad !== undefined) return done(privateAddress(hostname, bad.address), "");
      if (first === undefined)
        return done(new Error(`${hostname} has no address`) as NodeJS.ErrnoException, "");
      if (options.all === true) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
}

/** The checked address of a host: the host itself when it is one. Throws what `lookup` throws. */
export function addressOf(host: string, lookup: LookupFunction): Promise<string> {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0) return Promise.resolve(bare);
  return new Promise((resolve, reject) => {
    lookup(bare, { all: false }, (error, address) =>
      error === null ? resolve(String(address)) : reject(error),
    );
  });
}

function privateAddress(hostname: string, address: string): HostFailure {
  return new HostFailure(`${hostname} leads to ${address}, which is not a public address`, {
    code: "not-granted",
    retryable: false,
    help: `if the plugin should reach it, allow the address itself: allow http "${isIP(address) === 6 ? `[${address}]` : address}:PORT", or let names lead there with COPPICE_PRIVATE_NETWORKS`,
  });
}
