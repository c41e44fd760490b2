import type { FastifyRequest } from "fastify";
import type pg from "pg";
import { findToken, type Role } from "../store/tokens.ts";
import { ApiError } from "./api-error.ts";

/** Who asks. */
export interface Caller {
  readonly projectId: string;
  readonly userId: string;
  readonly domainId: string | null;
  readonly role: Role;
  /** All that they have: `role` and those that programs name. */
  readonly roles: readonly string[];
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set before any route under `/v1` runs. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** A POST that changes nothing: readers may send it. */
    readOnly?: boolean;
  }
}

/**
 * Finds out who asks, from `X-Auth-Token` or `Authorization: Bearer`. Every failure looks the same: 401. Readers are
 * refused what writes: 403.
 */
export async function authenticate(pool: pg.Pool, request: FastifyRequest): Promise<void> {
  const token = tokenOf(request);
  const found = token === null ? null : await findToken(pool, { token });
  if (found === null) {
    throw new ApiError(401, "a valid token is needed, in the header X-Auth-Token or Authorization: Bearer");
  }
  const { role } = found;
  request.caller = {
    projectId: found.project_id,
    userId: found.user_id,
    domainId: null,
    role,
    roles: [role, ...found.roles],
  };
  const reads = request.method === "GET" || request.method === "HEAD";
  if (found.role === "reader" && !reads && request.routeOptions.config.readOnly !== true) {
    throw new ApiError(403, "this token may only read", { help: "use one with the role member or admin" });
  }
}

function tokenOf(request: FastifyRequest): string | null {
  const own = request.headers["x-auth-token"];
  if (typeof own === "string" && own !== "") return own;
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "");
  return bearer?.[1] ?? null;
}
