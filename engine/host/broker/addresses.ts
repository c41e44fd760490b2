import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { HostFailure } from "../plugin-host.ts";

/** Whether an address is one of the public internet: not private, loopback, link-local (metadata), mapped or reserved. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === "unicast";
}

/**
 * A look-up for sockets that connects only to what it has checked: every address of a name must be public, because a
 * name's owner can point it anywhere, at any time. `localhost` is the one name that means loopback. An address
 * written as such never comes here: a grant names it literally.
 */
export function checkedLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses = (found ?? []) as { address: string; family: number }[];
      if (error !== null) return done(error, "");
      const bad = addresses.find(({ address }) =>
        hostname === "localhost" ? ipaddr.process(address).range() !== "loopback" : !isPublic(address),
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

function privateAddress(hostname: string, address: string): HostFailure {
  return new HostFailure(`${hostname} leads to ${address}, which is not a public address`, {
    code: "not-granted",
    retryable: false,
    help: `if the plugin should reach it, allow the address itself: allow http "${isIP(address) === 6 ? `[${address}]` : address}:PORT"`,
  });
}
