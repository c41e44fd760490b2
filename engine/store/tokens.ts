import { createHash } from "node:crypto";
import type { Queryable } from "./pool.ts";

export const roles = ["admin", "member", "reader"] as const;
export type Role = (typeof roles)[number];

/** Who a token speaks for. */
export interface TokenRow {
  readonly project_id: string;
  readonly user_id: string;
  readonly role: Role;
  /** Further roles, which programs name: `operator`. */
  readonly roles: readonly string[];
  /** `null`: never. */
  readonly expires_at: Date | null;
}

/** What the database holds of a token. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Who this token speaks for; `null` when nobody, or when its time is over. */
export async function findToken(db: Queryable, q: { token: string }): Promise<TokenRow | null> {
  const text = `
    select project_id, user_id, role, roles, expires_at from token
    where hash = $1 and (expires_at is null or expires_at > now())`;
  const found = await db.query<TokenRow>({ name: "find-token", text, values: [hashToken(q.token)] });
  return found.rows[0] ?? null;
}

/** Makes a token valid, by its hash alone, until `expiresAt` if given. One that is known already stays as it is. */
export async function insertToken(
  db: Queryable,
  q: {
    token: string;
    projectId: string;
    userId: string;
    role: Role;
    roles?: readonly string[];
    expiresAt?: Date;
  },
): Promise<void> {
  const text = `
    insert into token (hash, project_id, user_id, role, roles, expires_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (hash) do nothing`;
  const values = [hashToken(q.token), q.projectId, q.userId, q.role, q.roles ?? [], q.expiresAt ?? null];
  await db.query({ name: "insert-token", text, values });
}
