import type { Access } from "./create-access.ts";
import type { Owner } from "./delegation/delegations.ts";
import type { RuleName } from "./rules/default-rules.ts";

/**
 * Refuses, unless the engine may still act for a user who isn't there, and the roles that they gave it permit `rule`; with
 * `null` whatever roles these are. With local tokens nobody's roles are known later: whoever made it was permitted then.
 */
export async function expectOwnerMay(access: Access, owner: Owner, rule: RuleName | null): Promise<void> {
  const token = await access.tokenFor(owner);
  if (token === null || rule === null) return;
  const { projectId, userId } = owner;
  const unknown = { projectName: "", userName: "", userDomainId: null, domainId: null, expiresAt: null };
  access.check(rule, { ...unknown, projectId, userId, roles: token.roles, isAdmin: false });
}
