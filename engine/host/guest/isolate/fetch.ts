import { type AbortSignalInside, whenAborted } from "./abort.ts";
import { toBase64 } from "./base64.ts";
import { consumeBody, hasBody } from "./body.ts";
import { utf8DecodeExactly } from "./encoding.ts";
import { HeadersInside } from "./headers.ts";
import { answerStream, sendStream } from "./http-streams.ts";
import { type RequestInitInside, RequestInside } from "./request.ts";
import { type ResponseInside, responseFrom } from "./response.ts";
import { ReadableStreamInside } from "./streams.ts";
import { URLInside } from "./url.ts";
import { currentCall, request } from "./wires.ts";

/** What the broker answers: small texts at once, everything else as a stream. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly stream?: number;
}

type Sent = { readonly body?: string; readonly bodyBase64?: string };

const redirectsAtMost = 20;
/** As long as Node's own `fetch` waits for an answer; the step's time-out ends it earlier. */
const timeoutMs = 300_000;

/** `fetch` over the broker. Each redirect is a request of its own, checked like the first. */
export async function fetchInside(input: unknown, init: RequestInitInside = {}): Promise<ResponseInside> {
  const asked = new RequestInside(input, init);
  const call = currentCall();
  const { signal, redirect } = asked;
  signal.throwIfAborted();
  const streamed = init.body instanceof ReadableStreamInside ? asked.body : null;
  let sent: Sent = streamed === null ? await wholeBody(asked) : {};
  let { url, method } = asked;
  const headers = new HeadersInside(asked.headers);
  const first = new URLInside(url).origin; // credentials stay there
  for (let turn = 0; ; turn++) {
    const answer = await abortable(signal, call, async () => {
      const q = {
        method,
        url: withoutHash(url),
        headers: Object.fromEntries(headers),
        stream: true,
        timeout: timeoutMs,
      };
      if (streamed !== null) return sendStream(call, { ...q }, streamed);
      return request(call, "http", { ...q, ...sent });
    });
    const to = answer.headers["location"];
    if (![301, 302, 303, 307, 308].includes(answer.status) || to === undefined || redirect === "manual")
      return responseOf(answer, { call, url, redirected: turn > 0, signal });
    if (answer.stream !== undefined) void request(call, "stream", { do: "cancel", id: answer.stream });
    if (redirect === "error" || turn >= redirectsAtMost)
      throw new TypeError(`fetch of ${url} was redirected${turn === 0 ? "" : ` ${turn + 1} times`}`);
    if (streamed !== null && answer.status !== 303)
      throw new TypeError(`fetch of ${url} was redirected, and its body, a stream, can't be sent again`);
    url = new URLInside(to, url).href;
    if (new URLInside(url).origin !== first)
      for (const name of ["authorization", "cookie", "proxy-authorization"]) headers.delete(name);
    if ((answer.status === 303 && method !== "HEAD") || (answer.status < 303 && method === "POST")) {
      [method, sent] = ["GET", {}];
      for (const name of ["content-type", "content-encoding", "content-language"]) headers.delete(name);
    }
  }
}

/** As text where it is text, so that the host finds handles of secrets in it. */
async function wholeBody(asked: RequestInside): Promise<Sent> {
  if (!hasBody(asked)) return {};
  const content = await consumeBody(asked);
  const text = typeof content === "string" ? content : utf8DecodeExactly(content);
  return text === undefined ? { bodyBase64: toBase64(content as Uint8Array) } : { body: text };
}

function responseOf(
  answer: Answer,
  from: { call: number; url: string; redirected: boolean; signal: AbortSignalInside },
): ResponseInside {
  const { status, headers, text, stream } = answer;
  const body = stream === undefined ? (text ?? "") : answerStream(from.call, stream, from.signal);
  const { url, redirected } = from;
  return responseFrom(body, { status, headers }, { url, redirected });
}

/** Rejects as soon as the signal says so; an answer that comes too late is given back. */
function abortable(signal: AbortSignalInside, call: number, ask: () => Promise<unknown>): Promise<Answer> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const forget = whenAborted(signal, () => reject(signal.reason));
    ask().then(
      (value) => {
        const answer = value as Answer;
        forget();
        if (signal.aborted && answer.stream !== undefined)
          void request(call, "stream", { do: "cancel", id: answer.stream }).catch(() => {});
        resolve(answer);
      },
      (error) => {
        forget();
        reject(error);
      },
    );
  });
}

function withoutHash(url: string): string {
  const at = url.indexOf("#");
  return at < 0 ? url : url.slice(0, at);
}
