import { isIP } from "node:net";
import { Agent, request } from "undici";
import { checkedLookup, isReachable, type Networks } from "./addresses.ts";

/** An address that a user wrote, to be asked in the engine's own name. Of it `host` may be told; the rest may be secret. */
export interface UserUrl {
  readonly host: string;
  /** Asks once; no redirect is followed. Throws `UserUrlError` when nobody answers in time. */
  ask(q: {
    readonly method: "GET" | "POST";
    /** JSON. */
    readonly body?: string;
    /** Until the end of the answer. */
    readonly timeoutMs: number;
  }): Promise<{ readonly status: number; readonly text: string }>;
  close(): Promise<void>;
}

/** Why an address isn't, or can't be, asked; says nothing of it but its host. */
export class UserUrlError extends Error {
  /** Whether another try may go better. */
  readonly retryable: boolean;

  constructor(message: string, q: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, q.cause === undefined ? {} : { cause: q.cause });
    this.name = "UserUrlError";
    this.retryable = q.retryable;
  }
}

/** More of an answer isn't read. */
const bodyBytes = 64 * 1024;

/**
 * Opens an address of a user's. It is public, also behind its name and whenever it is asked, or in one of `networks`, which
 * the operator lets users reach; loopback by any name is private, too. A name and password in it are sent as such.
 */
export function openUserUrl(
  address: string,
  q: { readonly networks: Networks; readonly verify?: boolean },
): UserUrl {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UserUrlError("it is no http or https address", { retryable: false });
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const literal = host === "localhost" ? "127.0.0.1" : host;
  if (isIP(literal) !== 0 && !isReachable(literal, q.networks))
    throw new UserUrlError(`${host} is a private address, and the operator has not allowed it`, {
      retryable: false,
    });
  const connect = { lookup: checkedLookup(undefined, q.networks), rejectUnauthorized: q.verify ?? true };
  const agent = new Agent({ connect });
  const login = loginOf(url);
  return {
    host: url.host,
    async ask({ method, body = null, timeoutMs }) {
      const headers = {
        ...(login !== null && { authorization: login }),
        ...(body !== null && { "content-type": "application/json" }),
      };
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        const where = new URL(url.pathname + url.search, url.origin);
        const answer = await request(where, { dispatcher: agent, method, headers, body, signal });
        let text = "";
        for await (const chunk of answer.body) {
          text += String(chunk);
          if (text.length > bodyBytes) break;
        }
        return { status: answer.statusCode, text };
      } catch (error) {
        const { name, message } = error as Error;
        const reason = name === "TimeoutError" ? `no answer within ${timeoutMs / 1000} s` : message;
        throw new UserUrlError(`${url.host} can't be asked: ${reason}`, { retryable: true, cause: error });
      }
    },
    close: () => agent.close(),
  };
}

function loginOf({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString("base64")}`;
}
