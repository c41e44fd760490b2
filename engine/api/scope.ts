import type { Caller } from "../access/caller.ts";
import type { Scope } from "../store/list-rows.ts";
import { ApiError } from "./api-error.ts";

export type { Scope } from "../store/list-rows.ts";

/** Whose objects a caller sees: an administrator everyone's, whoever else their project's (api.md §2.2). */
export function scopeOf(caller: Caller, globalProject = false): Scope {
  const { isAdmin } = caller;
  if (globalProject && !isAdmin)
    throw new ApiError(403, "You are not authorized to complete this operation.");
  return { projectId: isAdmin ? null : caller.projectId };
}
