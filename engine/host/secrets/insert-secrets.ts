import { HostFailure } from "../plugin-host.ts";

interface Insertion {
  /** Values by the texts that stand for them. */
  readonly values: ReadonlyMap<string, string>;
  /** Told of a token that holds a value and was made of it here. */
  readonly encoded: (handle: string, token: string) => void;
}

/**
 * What a plugin asks a capability to send, with values in place of the texts that stand for them: in headers, query and
 * body of HTTP, as a client's certificate and key; in arguments, environment and input of a command; in command, key and
 * input of ssh; in password, headers and body of AMQP. Other capabilities send nothing.
 */
export function insertSecrets(capability: string, input: unknown, q: Insertion): unknown {
  if (!isRecord(input)) return input;
  switch (capability) {
    case "http":
      return intoRequest(input, q);
    case "socket":
      return isRecord(input["request"]) ? { ...input, request: intoRequest(input["request"], q) } : input;
    case "command":
      return { ...input, ...plainly(input, ["arguments", "environment", "stdin"], q) };
    case "ssh":
      return { ...input, ...plainly(input, ["command", "key", "stdin"], q) };
    case "amqp":
      return { ...input, ...plainly(input, ["password", "headers", "body"], q) };
    default:
      return input;
  }
}

/** Fields that are sent as they are. */
function plainly(
  input: Readonly<Record<string, unknown>>,
  names: readonly string[],
  q: Insertion,
): Record<string, unknown> {
  const given = names.filter((name) => input[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => [name, deep(input[name], (text) => replaceIn(text, q, (secret) => secret))]),
  );
}

function intoRequest(request: Readonly<Record<string, unknown>>, q: Insertion): Record<string, unknown> {
  const { url, headers, body, ...rest } = request;
  const { tls } = request;
  return {
    ...rest,
    ...(isRecord(tls) && { tls: { ...tls, ...plainly(tls, ["certificate", "key"], q) } }),
    ...(url !== undefined && { url: typeof url === "string" ? intoUrl(url, q) : url }),
    ...(headers !== undefined && { headers: deep(headers, (text) => intoHeader(text, q)) }),
    ...(body !== undefined && {
      body:
        typeof body === "string"
          ? intoBody(body, contentType(headers), q)
          : deep(body, (text) => replaceIn(text, q, (secret) => secret)),
    }),
  };
}

function intoUrl(url: string, q: Insertion): string {
  const at = url.indexOf("?");
  const [head, query] = at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at)];
  if (replaceIn(head, q, () => "") !== head)
    throw new HostFailure("a secret can't stand in the host or path of an address", {
      code: "bad-request",
      retryable: false,
      help: "send it in a header, the query or the body",
    });
  return head + replaceIn(query, q, encodeURIComponent);
}

/** Also inside of what HTTP's Basic scheme encodes, since only the driver knows the user's name. */
function intoHeader(text: string, q: Insertion): string {
  const basic = /^(Basic +)([A-Za-z0-9+/]+=*)$/i.exec(text);
  if (basic === null) return replaceIn(text, q, (secret) => secret);
  const before = Buffer.from(basic[2]!, "base64").toString("utf8");
  const after = replaceIn(before, q, (secret) => secret);
  if (after === before) return text;
  const token = Buffer.from(after, "utf8").toString("base64");
  for (const handle of q.values.keys()) if (before.includes(handle)) q.encoded(handle, token);
  return basic[1] + token;
}

/** A text that the driver wrote itself: in the way that its type says. */
function intoBody(body: string, type: string, q: Insertion): string {
  if (type.includes("json") || (type === "" && /^\s*[[{"]/.test(body)))
    return replaceIn(body, q, (secret) => JSON.stringify(secret).slice(1, -1));
  if (type.includes("x-www-form-urlencoded")) return replaceIn(body, q, encodeURIComponent);
  return replaceIn(body, q, (secret) => secret);
}

function contentType(headers: unknown): string {
  if (!isRecord(headers)) return "";
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type");
  return typeof found?.[1] === "string" ? found[1].toLowerCase() : "";
}

function replaceIn(text: string, q: Insertion, write: (secret: string) => string): string {
  let written = text;
  for (const [handle, value] of q.values) written = written.replaceAll(handle, () => write(value));
  return written;
}

function deep(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((item) => deep(item, replace));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, deep(of, replace)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
