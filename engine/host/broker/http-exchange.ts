import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { HostFailure } from "../plugin-host.ts";
import type { BrokerCall, Brokered } from "./broker-call.ts";
import type { CheckedRequest } from "./http-request.ts";
import type { Streams } from "./streams.ts";

/** How one request goes out. */
export interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  readonly q: CheckedRequest;
  readonly call: BrokerCall;
  readonly streams: Streams;
  readonly bodyBytes: number;
}

/** What came back: the whole text, or the number of a stream. A stream that is asked for is a text where that is short. */
export interface Answered extends Brokered {
  readonly value: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly text?: string;
    readonly stream?: number;
  };
}

/** One request and its answer. Redirects are not followed: the plugin sees them and asks anew. */
export async function exchange(e: Exchange): Promise<Answered> {
  const { q, call } = e;
  const controller = new AbortController();
  let timedOut = false;
  const late = setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, q.timeout);
  const sent = q.bodyStream === undefined ? undefined : e.streams.take(call, q.bodyStream);
  const bytesOut = () => sent?.bytes() ?? Buffer.byteLength(q.body ?? "");
  try {
    const answer = await e.dispatcher.request({
      origin: e.origin,
      path: e.path,
      method: q.method,
      headers: q.headers,
      body: sent?.body ?? q.body ?? null,
      signal: AbortSignal.any([call.signal, controller.signal]),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const head = { status: answer.statusCode, headers: plainHeaders(answer.headers) };
    const body = answer.body as Readable;
    const whole = q.stream && isShort(answer.headers) ? await readWhole(body, q, e.bodyBytes) : undefined;
    if (whole !== undefined && isUtf8(whole))
      return {
        value: { ...head, text: whole.toString("utf8") },
        bytesIn: whole.length,
        bytesOut: bytesOut(),
      };
    if (q.stream) {
      const { id, finished } = e.streams.give(call, whole === undefined ? body : Readable.from([whole]));
      const counted = finished.then((end) => ({ ...end, bytesOut: bytesOut() }));
      return { value: { ...head, stream: id }, finished: counted };
    }
    const bytes = await readWhole(body, q, e.bodyBytes);
    return {
      value: { ...head, text: bytes.toString("utf8") },
      bytesIn: bytes.length,
      bytesOut: bytesOut(),
    };
  } catch (error) {
    sent?.body.destroy();
    throw failure(error, q, timedOut, call.signal.aborted);
  } finally {
    clearTimeout(late);
  }
}

/** Short enough to be given at once, which saves its reader two questions. */
function isShort(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  return Number(headers["content-length"] ?? Number.NaN) <= shortBytes;
}

const shortBytes = 64 * 1024;

async function readWhole(body: Readable, q: CheckedRequest, atMost: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > atMost)
      throw new HostFailure(
        `${q.method} ${withoutQuery(q.url)} answers with more than ${atMost / 1024 / 1024} MiB`,
        { code: "response-too-large", retryable: false, help: "read it as a stream, with fetch" },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  return plain;
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
