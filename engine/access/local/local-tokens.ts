import type pg from "pg";
import { findToken, type Role } from "../../store/tokens.ts";
import type { Identity } from "../caller.ts";
import type { TokenBounds } from "../remembered-tokens.ts";

/** 1 s spares the database a look at each request; a token that is not known is looked up each time. */
export const localBounds: TokenBounds = { freshSeconds: 1, keptSeconds: 1, tokensAtMost: 10_000 };

/** What a role brings with it, as Keystone's own implied roles do. */
const implied: Readonly<Record<Role, readonly string[]>> = {
  admin: ["admin", "manager", "member", "reader"],
  member: ["member", "reader"],
  reader: ["reader"],
};

/** Whom one of the engine's own tokens speaks for; `null` for any other text. */
export async function findLocalIdentity(pool: pg.Pool, token: string): Promise<Identity | null> {
  const found = await findToken(pool, { token });
  if (found === null) return null;
  const names = new Set([...implied[found.role], ...found.roles]);
  return {
    userId: found.user_id,
    userName: found.user_id,
    userDomainId: null,
    projectId: found.project_id,
    projectName: found.project_id,
    domainId: null,
    roles: [...names].map((name) => ({ name, id: null })),
    expiresAt: found.expires_at?.getTime() ?? null,
    delegated: false,
  };
}
