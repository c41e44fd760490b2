import { Agent, type Dispatcher } from "undici";
import { AccessRefusal } from "../access-refusal.ts";

/** What Keystone answered, whatever its status below 500. */
export interface IdentityAnswer {
  readonly status: number;
  /** The header `X-Subject-Token`: where new tokens are. */
  readonly subjectToken: string | null;
  readonly body: unknown;
}

interface IdentityRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the address, with its query: `/auth/tokens`. */
  readonly path: string;
  /** Whose right it is asked with. */
  readonly token?: string;
  /** The token that it is about. */
  readonly subject?: string;
  readonly body?: object;
}

const answerBytes = 4 * 1024 * 1024; // a large cloud's catalog has 200 KB
/** After a failure nobody waits for the next time-out, so long. */
const downMs = 1000;
const lostConnections = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/** Speaks Keystone's Identity API v3: a few connections, kept open. Nothing of a request is logged or quoted. */
export class IdentityClient {
  readonly url: string;
  readonly #agent: Agent;
  readonly #timeoutMs: number;
  #downUntil = 0;
  #downBecause = "";

  constructor(q: { url: string; timeoutSeconds: number }) {
    this.url = q.url.replace(/\/+$/, "");
    this.#timeoutMs = q.timeoutSeconds * 1000;
    this.#agent = new Agent({
      connections: 16,
      keepAliveTimeout: 4000,
      connect: { timeout: this.#timeoutMs },
    });
  }

  /** Asks Keystone. Throws `AccessRefusal` of kind unavailable when it can't be reached or fails. */
  async ask(q: IdentityRequest): Promise<IdentityAnswer> {
    if (performance.now() < this.#downUntil) throw this.unavailable(this.#downBecause);
    try {
      return await this.#send(q);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      // a connection that Keystone had closed already: nothing was done, or what may be done twice
      if (lostConnections.has(code)) return await this.#send(q).catch((again: Error) => this.#fail(again));
      return this.#fail(error as Error);
    }
  }

  /** Ends its connections; what still runs fails. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  unavailable(why: string, cause?: unknown): AccessRefusal {
    return new AccessRefusal("unavailable", "keystone-unavailable", `Keystone can't be asked now: ${why}`, {
      help: "try again in a moment; if it lasts, tell the operator of this service",
      cause,
    });
  }

  #fail(error: Error): never {
    if (error instanceof AccessRefusal) throw error;
    const why = whyOf(error, this.#timeoutMs);
    this.#downUntil = performance.now() + downMs;
    this.#downBecause = why;
    throw this.unavailable(why, error);
  }

  async #send(q: IdentityRequest): Promise<IdentityAnswer> {
    const url = new URL(this.url + q.path);
    const got = await this.#agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: q.method,
      headers: {
        accept: "application/json",
        ...(q.body && { "content-type": "application/json" }),
        ...(q.token !== undefined && { "x-auth-token": q.token }),
        ...(q.subject !== undefined && { "x-subject-token": q.subject }),
      },
      body: q.body === undefined ? null : JSON.stringify(q.body),
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    const text = await readText(got.body);
    const status = got.statusCode;
    if (status >= 500 || status === 429) throw this.unavailable(`it answers ${status}`);
    const subject = got.headers["x-subject-token"];
    return { status, subjectToken: typeof subject === "string" ? subject : null, body: parse(text, status) };
  }
}

async function readText(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > answerBytes) throw new Error(`its answer has more than ${answerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string, status: number): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (status >= 400) return null; // a proxy's page
    throw new Error("its answer is no JSON", { cause });
  }
}

function whyOf(error: Error, timeoutMs: number): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError" || code === "UND_ERR_CONNECT_TIMEOUT")
    return `no answer within ${timeoutMs / 1000} s`;
  if (code === "ECONNREFUSED") return "it refuses the connection";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its host name is unknown";
  return code ?? message;
}
