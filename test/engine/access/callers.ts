import type { Caller } from "../../../engine/access/caller.ts";

/** A caller of a project of its own, `p-of-ann`. */
export function callerOf(userId: string, roles: readonly string[], more: Partial<Caller> = {}): Caller {
  return {
    userId,
    userName: userId,
    userDomainId: "default",
    projectId: `p-of-${userId}`,
    projectName: `the project of ${userId}`,
    domainId: "default",
    roles,
    isAdmin: roles.includes("admin"),
    expiresAt: null,
    ...more,
  };
}
