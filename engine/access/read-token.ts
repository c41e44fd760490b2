import type { IncomingHttpHeaders } from "node:http";

/** The token in `X-Auth-Token`, or in `Authorization: Bearer`; `null` when there is none that could be one. */
export function readToken(headers: IncomingHttpHeaders): string | null {
  const own = headers["x-auth-token"];
  const token = typeof own === "string" && own !== "" ? own : bearerOf(headers.authorization);
  return token !== undefined && /^[\x21-\x7e]+$/.test(token) ? token : null;
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}
