import { runInNewContext } from "node:vm";
import type { Networks } from "../host/broker/addresses.ts";
import { openUserUrl, type UserUrl, UserUrlError } from "../host/broker/user-url.ts";
import type { UrlLook } from "./health-policy.ts";

/** What a look found. `healthy` is `null` when it told nothing. */
export interface Look {
  readonly healthy: boolean | null;
  readonly detail: string;
}

/** A regular expression of a user works on no more than this. */
const searchedBytes = 4 * 1024;

/**
 * Asks a node's address: an answer of 2xx that matches is health, another is not, and so is none unless the policy says that
 * this tells nothing. Private addresses are asked only in networks that the operator allows.
 */
export async function pollUrl(
  look: UrlLook,
  q: {
    readonly nodeName: string;
    readonly networks: Networks;
    readonly sleep: (milliseconds: number) => Promise<void>;
  },
): Promise<Look> {
  const url = open(look.address.replaceAll("{nodename}", encodeURIComponent(q.nodeName)), look, q.networks);
  if (url instanceof UserUrlError) return { healthy: null, detail: `poll_url: ${url.message}` };
  try {
    let last: Look = { healthy: null, detail: "" };
    for (let attempt = 1; attempt <= look.tries; attempt += 1) {
      if (attempt > 1) await q.sleep(look.everyMs);
      last = await askOnce(url, look);
      if (last.healthy === true) return last;
    }
    return last;
  } finally {
    await url.close();
  }
}

function open(address: string, { verify }: UrlLook, networks: Networks): UserUrl | UserUrlError {
  try {
    return openUserUrl(address, { networks, verify });
  } catch (error) {
    if (error instanceof UserUrlError) return error;
    throw error;
  }
}

/** A user's pattern may take for ever: it is stopped, and then doesn't match. */
function matches(pattern: string, text: string): boolean {
  try {
    return (
      runInNewContext("new RegExp(pattern).test(text)", { pattern, text }, { timeout: patternMs }) === true
    );
  } catch {
    return false;
  }
}

const patternMs = 100;

async function askOnce(url: UserUrl, look: UrlLook): Promise<Look> {
  try {
    const { status, text } = await url.ask({ method: "GET", timeoutMs: look.timeoutMs });
    if (status < 200 || status > 299) return { healthy: false, detail: `${url.host} answers ${status}` };
    if (look.healthy === "" || matches(look.healthy, text.slice(0, searchedBytes)))
      return { healthy: true, detail: `${url.host} answers ${status}` };
    return { healthy: false, detail: `the answer of ${url.host} does not match ${look.healthy}` };
  } catch (error) {
    if (!(error instanceof UserUrlError)) throw error;
    return { healthy: look.unreachableIsIll ? false : null, detail: error.message };
  }
}
