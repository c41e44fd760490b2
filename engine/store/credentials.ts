import type { Queryable } from "./pool.ts";

export const credentialKinds = ["application_credential", "trust"] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/** What lets the engine act in a user's name: Keystone's id of it, and a sealed secret where there is one. */
export interface CredentialRow {
  readonly project_id: string;
  readonly user_id: string;
  readonly kind: CredentialKind;
  readonly reference: string;
  readonly sealed: Buffer | null;
  readonly roles: readonly string[];
  /** Since when Keystone refuses it; `null` while it doesn't. */
  readonly broken_at: Date | null;
  readonly created_at: Date;
}

const columns = "project_id, user_id, kind, reference, sealed, roles, broken_at, created_at";

/** A user's credentials in a project, at most one of each kind: those that work first, application credentials before trusts. */
export async function findCredentials(
  db: Queryable,
  q: { projectId: string; userId: string },
): Promise<CredentialRow[]> {
  const text = `
    select ${columns} from credential
    where project_id = $1 and user_id = $2
    order by broken_at is not null, kind`;
  const values = [q.projectId, q.userId];
  return (await db.query<CredentialRow>({ name: "find-credentials", text, values })).rows;
}

/**
 * Keeps a credential in place of the one with the id `replaces` (`null`: of none). `false` when meanwhile another one
 * was kept: then nothing is written.
 */
export async function keepCredential(
  db: Queryable,
  q: {
    projectId: string;
    userId: string;
    kind: CredentialKind;
    reference: string;
    sealed: Buffer | null;
    roles: readonly string[];
    replaces: string | null;
  },
): Promise<boolean> {
  const text = `
    insert into credential as kept (project_id, user_id, kind, reference, sealed, roles)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (project_id, user_id, kind) do update
      set reference = excluded.reference, sealed = excluded.sealed, roles = excluded.roles,
          broken_at = null, created_at = now()
      where kept.reference = $7::text`;
  const values = [q.projectId, q.userId, q.kind, q.reference, q.sealed, q.roles, q.replaces];
  return (await db.query({ name: "keep-credential", text, values })).rowCount === 1;
}

/** Notes that Keystone no longer takes it. One that was replaced since stays as it is. */
export async function markCredentialBroken(
  db: Queryable,
  q: { projectId: string; userId: string; kind: CredentialKind; reference: string },
): Promise<void> {
  const text = `
    update credential set broken_at = now()
    where project_id = $1 and user_id = $2 and kind = $3 and reference = $4 and broken_at is null`;
  const values = [q.projectId, q.userId, q.kind, q.reference];
  await db.query({ name: "mark-credential-broken", text, values });
}

/** Forgets a user's credentials in a project, and returns what they were. */
export async function deleteCredentials(
  db: Queryable,
  q: { projectId: string; userId: string },
): Promise<CredentialRow[]> {
  const text = `delete from credential where project_id = $1 and user_id = $2 returning ${columns}`;
  const values = [q.projectId, q.userId];
  return (await db.query<CredentialRow>({ name: "delete-credentials", text, values })).rows;
}
