import { createHash, createHmac } from "node:crypto";

export interface SignableRequest {
  readonly method: string;
  /** Host and port as they are sent: the port only where it isn't the scheme's own. */
  readonly host: string;
  /** As it is sent: percent-encoded once. */
  readonly path: string;
  /** Names and values, not encoded. */
  readonly query: readonly (readonly [string, string])[];
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigningScope {
  readonly service: string;
  readonly region: string;
  readonly at: Date;
}

/** What the request must be sent with: these headers, and the query in exactly this form. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Without `?`. */
  readonly query: string;
}

/** Intermediaries may change or drop these. */
const unsigned = new Set([
  "authorization",
  "cache-control",
  "pragma",
  "referer",
  "user-agent",
  "x-amzn-trace-id",
]);

/** Signs a request with AWS Signature Version 4 (AWS General Reference, "Signing AWS API requests"). */
export function signV4(
  request: SignableRequest,
  credentials: AwsCredentials,
  scope: SigningScope,
): SignedRequest {
  const stamp = scope.at.toISOString().replace(/[:-]|\.\d{3}/g, "");
  const payload = sha256(request.body);
  const headers: Record<string, string> = { ...request.headers, "x-amz-date": stamp };
  if (credentials.sessionToken !== undefined) headers["x-amz-security-token"] = credentials.sessionToken;
  if (scope.service === "s3") headers["x-amz-content-sha256"] = payload;
  const signing = Object.entries({ ...headers, host: request.host })
    .filter(([name]) => !unsigned.has(name))
    .map(([name, value]) => [name, value.trim().replace(/\s+/g, " ")] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signing.map(([name]) => name).join(";");
  const query = canonicalQuery(request.query);
  const canonical = [
    request.method,
    canonicalPath(request.path, scope.service),
    query,
    ...signing.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    payload,
  ].join("\n");
  const place = [stamp.slice(0, 8), scope.region, scope.service, "aws4_request"];
  const text = ["AWS4-HMAC-SHA256", stamp, place.join("/"), sha256(canonical)].join("\n");
  const key = place.reduce<string | Buffer>((k, part) => hmac(k, part), `AWS4${credentials.secretKey}`);
  const signature = hmac(key, text).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKey}/${place.join("/")}, SignedHeaders=${names}, Signature=${signature}`;
  return { headers: { ...headers, authorization }, query };
}

/** S3 signs a path as it is; all others encode it once more, without its empty segments. */
function canonicalPath(path: string, service: string): string {
  const segments = path.split("/");
  if (service === "s3") return segments.map((s) => encode(decode(s))).join("/");
  const kept = segments.filter((segment, i) => segment !== "" || i === 0 || i === segments.length - 1);
  return kept.map(encode).join("/") || "/";
}

function canonicalQuery(query: SignableRequest["query"]): string {
  return query
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, av], [b, bv]) => (a === b ? order(av, bv) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encode(text: string): string {
  const percent = (c: string) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, percent);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
