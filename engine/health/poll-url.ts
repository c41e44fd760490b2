import { isIP } from "node:net";
import { runInNewContext } from "node:vm";
import { Agent, request } from "undici";
import { checkedLookup, isPublic, isWithin, type Networks } from "../host/broker/addresses.ts";
import type { UrlLook } from "./health-policy.ts";

/** What a look found. `healthy` is `null` when it told nothing. */
export interface Look {
  readonly healthy: boolean | null;
  readonly detail: string;
}

/** More of an answer isn't read. */
const bodyBytes = 64 * 1024;
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
  const url = URL.parse(look.address.replaceAll("{nodename}", encodeURIComponent(q.nodeName)));
  if (url === null || !/^https?:$/.test(url.protocol))
    return { healthy: null, detail: `${look.address} is not an address to ask` };
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isPublic(host) && !isWithin(host, q.networks))
    return { healthy: null, detail: `${host} is a private address, and the operator has not allowed it` };
  const connect = { lookup: checkedLookup(undefined, q.networks), rejectUnauthorized: look.verify };
  const agent = new Agent({ connect });
  try {
    let last: Look = { healthy: null, detail: "" };
    for (let attempt = 1; attempt <= look.tries; attempt += 1) {
      if (attempt > 1) await q.sleep(look.everyMs);
      last = await askOnce(agent, url, look);
      if (last.healthy === true) return last;
    }
    return last;
  } finally {
    await agent.close();
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

async function askOnce(agent: Agent, url: URL, look: UrlLook): Promise<Look> {
  try {
    const signal = AbortSignal.timeout(look.timeoutMs);
    const answer = await request(url, { dispatcher: agent, signal, maxRedirections: 0 } as Parameters<
      typeof request
    >[1]);
    let text = "";
    for await (const chunk of answer.body) {
      text += String(chunk);
      if (text.length > bodyBytes) break;
    }
    const { statusCode } = answer;
    if (statusCode < 200 || statusCode > 299)
      return { healthy: false, detail: `${url.host} answers ${statusCode}` };
    if (look.healthy === "" || matches(look.healthy, text.slice(0, searchedBytes)))
      return { healthy: true, detail: `${url.host} answers ${statusCode}` };
    return { healthy: false, detail: `the answer of ${url.host} does not match ${look.healthy}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const healthy = look.unreachableIsIll ? false : null;
    return { healthy, detail: `${url.host} can't be asked: ${reason}` };
  }
}
