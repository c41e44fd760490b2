import type { FastifyRequest } from "fastify";
import type { Scope } from "../store/list-rows.ts";
import { ApiError } from "./api-error.ts";

export type { Scope } from "../store/list-rows.ts";

/**
 * Whose objects a request is about: an administrator's everyone's, whoever else's their project's (api.md §2.2), and what is
 * shared with them; to be changed, unless the request only reads.
 */
export function scopeOf(request: FastifyRequest, globalProject = false): Scope {
  const { isAdmin, projectId, userId } = request.caller;
  if (globalProject && !isAdmin)
    throw new ApiError(403, "You are not authorized to complete this operation.");
  const reads = request.method === "GET" || request.method === "HEAD";
  return { projectId: isAdmin ? null : projectId, shares: { userId, access: reads ? "read" : "write" } };
}
