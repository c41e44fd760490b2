import { CliError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { printable } from "./printable.ts";
import { readServerSentEvents, type ServerSentEvent } from "./server-sent-events.ts";

/** One server, with one user's token. */
export interface ApiClient {
  readonly url: string;
  /** Calls a route and returns its JSON. Throws `CliError` with the exit code that the status means. */
  call<Answer>(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** The same, with where the answer's header `Location` points. */
  request<Answer>(
    method: Method,
    path: string,
    body?: unknown,
  ): Promise<{ readonly answer: Answer; readonly location: string | null }>;
  /** Sends bytes as they are, with PUT. */
  upload<Answer>(path: string, bytes: Uint8Array, type: string): Promise<Answer>;
  /** Follows a stream of events until the server ends it. */
  follow(path: string, signal?: AbortSignal): AsyncGenerator<ServerSentEvent>;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A client for the server at `url`. */
export function createApiClient(q: { url: string; token: string }): ApiClient {
  const send = async (method: string, path: string, init: RequestInit = {}) => {
    const headers = {
      "x-auth-token": q.token,
      accept: "application/json",
      "openstack-api-version": "clustering latest",
      ...init.headers,
    };
    const response = await fetch(new URL(path, q.url), { ...init, method, headers }).catch((cause) => {
      if (init.signal?.aborted) throw cause;
      throw unreachable(q.url, cause);
    });
    if (!response.ok) throw refusal(response.status, await response.text());
    return response;
  };
  const answerOf = async <Answer>(response: Response): Promise<Answer> => {
    const text = await response.text();
    return (text === "" ? null : readAnswer(text, q.url)) as Answer; // the server's own schemas made it: wire.ts names them
  };
  const request = async <Answer>(method: Method, path: string, body?: unknown) => {
    const content =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await send(method, path, content);
    return { answer: await answerOf<Answer>(response), location: response.headers.get("location") };
  };
  return {
    url: q.url,
    request,
    async call<Answer>(method: Method, path: string, body?: unknown): Promise<Answer> {
      return (await request<Answer>(method, path, body)).answer;
    },
    async upload<Answer>(path: string, bytes: Uint8Array, type: string): Promise<Answer> {
      const body = new Uint8Array(bytes); // fetch wants no shared memory behind it
      return await answerOf<Answer>(await send("PUT", path, { body, headers: { "content-type": type } }));
    },
    async *follow(path, signal) {
      const response = await send("GET", path, {
        headers: { accept: "text/event-stream" },
        ...(signal ? { signal } : {}),
      });
      if (response.body) yield* readServerSentEvents(response.body);
    },
  };
}

function readAnswer(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(exitCodes.unreachable, `what answers at ${url} is not Coppice's API`, {
      help: "Check COPPICE_URL: coppice status shows the API's address.",
      cause,
    });
  }
}

function unreachable(url: string, cause: unknown): CliError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = inner instanceof Error ? ("code" in inner ? String(inner.code) : inner.message) : String(inner);
  const help = "Start it with: coppice up; or name another server: COPPICE_URL and COPPICE_TOKEN";
  return new CliError(exitCodes.unreachable, `no server answers at ${url} (${why})`, { help, cause });
}

const meanings: Readonly<Record<number, ExitCode>> = {
  400: exitCodes.usage,
  401: exitCodes.unauthorized,
  403: exitCodes.unauthorized,
  404: exitCodes.notFound,
  409: exitCodes.refused,
  429: exitCodes.refused,
  502: exitCodes.unreachable,
  503: exitCodes.unreachable,
};

function refusal(status: number, text: string): CliError {
  let error: {
    message?: string;
    help?: string;
    type?: string;
    diagnostics?: readonly unknown[];
    facts?: readonly string[];
  } = {};
  try {
    error = JSON.parse(text).error ?? {};
  } catch {
    // not one of our answers: a proxy's page, say
  }
  const broken = status === 400 && (error.diagnostics?.length ?? 0) > 0;
  const moved = error.type === "plan-moved";
  const exitCode = broken
    ? exitCodes.programErrors
    : moved
      ? exitCodes.moved
      : (meanings[status] ?? exitCodes.failed);
  const facts = (error.facts ?? []).map((fact) => `\n  - ${printable(fact)}`).join("");
  const tokenHelp = "Check COPPICE_TOKEN, or the file token in COPPICE_HOME.";
  return new CliError(exitCode, (error.message ?? `the server answered with status ${status}`) + facts, {
    help: error.help ?? (status === 401 ? tokenHelp : undefined),
    details: { status, ...error },
  });
}
