import type { Dispatcher } from "undici";
import { checkProperties } from "../../../plugins/sdk/check-values.ts";
import type { HttpRequest } from "../../../plugins/sdk/host.ts";
import type { PropertySchemas } from "../../../plugins/sdk/manifest.ts";
import { HostFailure } from "../plugin-host.ts";
import type { Brokered } from "./broker-call.ts";

const textAtMost = 4 * 1024 * 1024;

const requestSchema: PropertySchemas = {
  method: { type: "String", required: true, values: ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] },
  url: { type: "String", required: true },
  headers: { type: "Map", of: { type: "String" }, default: {} },
  body: { type: "Any" },
  timeout: { type: "Int", minimum: 1, maximum: 600_000, default: 30_000 },
};

/** These belong to the connection; a plugin that sets them could smuggle a second request. */
const reserved = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "keep-alive",
  "te",
  "expect",
]);

/** A plugin's request, checked. */
export type CheckedRequest = Required<Pick<HttpRequest, "method" | "url" | "headers" | "timeout">> & {
  readonly body: string | undefined;
};

/** Checks the shape of a request, gives `headers` lower-case names, and writes a body that isn't a string as JSON. */
export function checkRequest(input: unknown): CheckedRequest {
  const checked = checkProperties(requestSchema, input);
  if (!checked.ok) throw badRequest(checked.problems.map((p) => `${p.path} ${p.message}`).join("; "));
  const q = checked.value as unknown as HttpRequest & { headers: Record<string, string>; timeout: number };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(q.headers)) {
    const lower = name.toLowerCase();
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower) || /[\r\n\0]/.test(value))
      throw badRequest(`header ${name} is malformed`);
    if (reserved.has(lower)) throw badRequest(`header ${name} is the host's to set; leave it out`);
    headers[lower] = value;
  }
  let body: string | undefined;
  if (typeof q.body === "string") body = q.body;
  else if (q.body !== undefined) {
    body = JSON.stringify(q.body);
    headers["content-type"] ??= "application/json";
  }
  return { method: q.method, url: q.url, headers, timeout: q.timeout, body };
}

/** One request and its whole answer. Redirects are not followed: the plugin sees them and asks anew. */
export async function exchange(
  dispatcher: Dispatcher,
  origin: string,
  path: string,
  q: CheckedRequest,
  signal: AbortSignal,
): Promise<Brokered> {
  const timeout = AbortSignal.timeout(q.timeout);
  try {
    const answer = await dispatcher.request({
      origin,
      path,
      method: q.method,
      headers: q.headers,
      body: q.body ?? null,
      signal: AbortSignal.any([signal, timeout]),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > textAtMost) {
        throw new HostFailure(`${q.method} ${q.url} answers with more than 4 MiB`, {
          code: "response-too-large",
          retryable: false,
        });
      }
      chunks.push(chunk);
    }
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
    const text = Buffer.concat(chunks).toString("utf8");
    return {
      value: { status: answer.statusCode, headers, text },
      bytesIn: size,
      bytesOut: Buffer.byteLength(q.body ?? ""),
    };
  } catch (error) {
    throw failure(error, q, timeout.aborted, signal.aborted);
  }
}

function failure(error: unknown, q: CheckedRequest, timedOut: boolean, ended: boolean): HostFailure {
  const own = [error, (error as Error).cause].find((e) => e instanceof HostFailure);
  if (own instanceof HostFailure) return own;
  const what = `${q.method} ${withoutQuery(q.url)}`;
  if (ended) return new HostFailure(`${what}: the call was ended`, { code: "call-ended", retryable: true });
  if (timedOut)
    return new HostFailure(`${what} had no answer after ${q.timeout} ms`, {
      code: "http-timeout",
      retryable: true,
    });
  const { message, code } = error as Error & { code?: string };
  return new HostFailure(`${what} failed: ${message || code}`, {
    code: "http-failed",
    retryable: true,
    cause: error,
  });
}

/** A URL for people and for the audit: a query may hold a secret. */
export function withoutQuery(url: string): string {
  return url
    .replace(/[?#].*$/s, "")
    .replace(/\/\/[^/@]*@/, "//")
    .slice(0, 500);
}

function badRequest(message: string): HostFailure {
  return new HostFailure(`bad request: ${message}`, { code: "bad-request", retryable: false });
}
