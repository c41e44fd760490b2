import { checkProperties } from "../../../plugins/sdk/check-values.ts";
import type { AwsAuth, HttpRequest, HttpTls, KeystoneAuth } from "../../../plugins/sdk/host.ts";
import type { PropertySchemas } from "../../../plugins/sdk/manifest.ts";
import { HostFailure } from "../plugin-host.ts";

const pem = { type: "String" } as const;
const requestSchema: PropertySchemas = {
  method: { type: "String", required: true, values: ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] },
  url: { type: "String", required: true },
  headers: { type: "Map", of: { type: "String" }, default: {} },
  body: { type: "Any" },
  bodyBase64: { type: "String" },
  bodyStream: { type: "Int" },
  stream: { type: "Bool", default: false },
  timeout: { type: "Int", minimum: 1, maximum: 600_000, default: 30_000 },
  auth: { type: "Any" },
  tls: { type: "Record", fields: { certificate: pem, key: pem, authority: pem } },
};

const authSchemas: Readonly<Record<"keystone" | "aws", PropertySchemas>> = {
  keystone: { kind: { type: "String" }, url: { type: "String" } },
  aws: { kind: { type: "String" }, service: { type: "String" }, region: { type: "String" } },
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
  "trailer",
  "expect",
]);

/** A plugin's request, checked. */
export type CheckedRequest = Required<Pick<HttpRequest, "method" | "url" | "headers" | "timeout">> & {
  readonly body: string | Buffer | undefined;
  /** Number of the stream that the body is written to, instead of `body`. */
  readonly bodyStream: number | undefined;
  /** Whether the answer is read as a stream. */
  readonly stream: boolean;
  readonly auth: KeystoneAuth | AwsAuth | undefined;
  readonly tls: HttpTls | undefined;
};

/** Checks the shape of a request, gives `headers` lower-case names, and writes a body that isn't a string as JSON. */
export function checkRequest(input: unknown): CheckedRequest {
  const checked = checkProperties(requestSchema, input);
  if (!checked.ok) throw badRequest(checked.problems.map((p) => `${p.path} ${p.message}`).join("; "));
  const q = checked.value as unknown as HttpRequest & {
    readonly headers: Record<string, string>;
    readonly timeout: number;
    readonly bodyBase64?: string;
    readonly bodyStream?: number;
    readonly stream: boolean;
  };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(q.headers)) {
    const lower = name.toLowerCase();
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower) || /[\r\n\0]/.test(value))
      throw badRequest(`header ${name} is malformed`);
    if (reserved.has(lower)) throw badRequest(`header ${name} is the host's to set; leave it out`);
    headers[lower] = value;
  }
  if ([q.body, q.bodyBase64, q.bodyStream].filter((one) => one !== undefined).length > 1)
    throw badRequest("a request has one body");
  let body: string | Buffer | undefined;
  if (q.bodyBase64 !== undefined) body = Buffer.from(q.bodyBase64, "base64");
  else if (typeof q.body === "string") body = q.body;
  else if (q.body !== undefined) {
    body = JSON.stringify(q.body);
    headers["content-type"] ??= "application/json";
  }
  const { method, url, timeout, bodyStream, stream, tls } = q;
  return { method, url, headers, timeout, body, bodyStream, stream, tls, auth: checkAuth(q.auth) };
}

function checkAuth(auth: unknown): CheckedRequest["auth"] {
  if (auth === undefined) return undefined;
  const given = typeof auth === "string" ? { kind: auth } : auth;
  const kind = (given as { kind?: unknown } | null)?.kind;
  if (kind !== "keystone" && kind !== "aws") throw badRequest('auth is neither "keystone" nor "aws"');
  const checked = checkProperties(authSchemas[kind], given);
  if (!checked.ok) throw badRequest(checked.problems.map((p) => `auth: ${p.path} ${p.message}`).join("; "));
  return checked.value as unknown as KeystoneAuth | AwsAuth;
}

/** A request that has the wrong form: the plugin's mistake. */
export function badRequest(message: string): HostFailure {
  return new HostFailure(`bad request: ${message}`, { code: "bad-request", retryable: false });
}
