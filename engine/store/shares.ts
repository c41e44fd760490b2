import type { ListedKind } from "./list-rows.ts";
import type { Queryable } from "./pool.ts";

export const sharedKinds = ["cluster", "profile", "policy"] as const;
export type SharedKind = (typeof sharedKinds)[number];

/** An object of a project that others may see or change. */
export interface ShareRow {
  readonly id: string;
  /** The owner's. */
  readonly project_id: string;
  readonly kind: SharedKind;
  readonly object_id: string;
  readonly object_name: string;
  readonly target: "user" | "project" | "everyone";
  /** Empty for everyone. */
  readonly target_id: string;
  readonly access: "read-only" | "read-write";
  readonly created_by: string;
  readonly created_at: Date;
  readonly updated_at: Date | null;
}

const shareFields = `s.id, s.project_id, s.kind, s.object_id, s.object_name, s.target, s.target_id, s.access, s.created_by,
  s.created_at, s.updated_at`;

/** How users list shares; both sides see them, so the condition comes with the question. */
export const listedShares: ListedKind = {
  from: "share s",
  fields: shareFields,
  sortKeys: { created_at: "s.created_at", kind: "s.kind", object_name: "s.object_name" },
  filters: { kind: "s.kind", object_id: "s.object_id", target: "s.target", access: "s.access" },
};

/** Who is meant by a share: a user of any project, a project, or everyone. */
export interface ShareViewer {
  readonly projectId: string;
  readonly userId: string;
}

const meant = (project: string, user: string) => `
  (s.target = 'everyone'
    or (s.target = 'project' and s.target_id = ${project})
    or (s.target = 'user' and s.target_id = ${user}))`;

/** Ids of objects of one kind that others share with this user or project, at most 10,000. */
export async function listSharedIds(
  db: Queryable,
  q: { viewer: ShareViewer; kind: SharedKind; access: "read" | "write" },
): Promise<string[]> {
  const text = `
    select distinct s.object_id
    from share s
    where s.kind = $1 and s.project_id <> $2 and ${meant("$2", "$3")} and ($4 or s.access = 'read-write')
    limit 10000`;
  const values = [q.kind, q.viewer.projectId, q.viewer.userId, q.access === "read"];
  const found = await db.query<{ object_id: string }>({ name: "list-shared-ids", text, values });
  return found.rows.map((row) => row.object_id);
}

/** The condition on `listedShares` for what somebody gave or was given. */
export function visibleShares({ projectId, userId }: ShareViewer): {
  readonly text: string;
  readonly value: unknown;
} {
  return {
    text: `exists (
      select from (select ($$::text[])[1] as project, ($$::text[])[2] as person) v
      where s.project_id = v.project or ${meant("v.project", "v.person")})`,
    value: [projectId, userId],
  };
}

/** Keeps an object from being deleted until the transaction ends; `false` when it is gone. */
export async function lockShared(db: Queryable, q: { kind: SharedKind; id: string }): Promise<boolean> {
  const text = `select from ${q.kind} where id = $1 for key share`;
  return (await db.query({ name: `lock-shared-${q.kind}`, text, values: [q.id] })).rowCount === 1;
}

/** Adds a share, or changes what one to the same target permits. */
export async function putShare(
  db: Queryable,
  q: Pick<
    ShareRow,
    | "id"
    | "project_id"
    | "kind"
    | "object_id"
    | "object_name"
    | "target"
    | "target_id"
    | "access"
    | "created_by"
  >,
): Promise<ShareRow> {
  const text = `
    insert into share as s (id, project_id, kind, object_id, object_name, target, target_id, access, created_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (object_id, target, target_id) do update set access = excluded.access, updated_at = now()
    returning ${shareFields}`;
  const values = [
    ...[q.id, q.project_id, q.kind, q.object_id, q.object_name],
    ...[q.target, q.target_id, q.access, q.created_by],
  ];
  return (await db.query<ShareRow>({ name: "put-share", text, values })).rows[0]!;
}

/** Changes what a share permits; `null` when the project gave none with this id. */
export async function updateShare(
  db: Queryable,
  q: { projectId: string | null; id: string; access: ShareRow["access"] },
): Promise<ShareRow | null> {
  const text = `
    update share s set access = $3, updated_at = now()
    where s.id = $1 and ($2::text is null or s.project_id = $2)
    returning ${shareFields}`;
  const values = [q.id, q.projectId, q.access];
  return (await db.query<ShareRow>({ name: "update-share", text, values })).rows[0] ?? null;
}

/** Revokes a share: its owner may, and a user or project that it was given to. Returns what it was. */
export async function deleteShare(
  db: Queryable,
  q: { viewer: ShareViewer | null; id: string },
): Promise<ShareRow | null> {
  const text = `
    delete from share s
    where s.id = $1
      and ($2::text is null or s.project_id = $2 or (s.target = 'project' and s.target_id = $2)
        or (s.target = 'user' and s.target_id = $3))
    returning ${shareFields}`;
  const values = [q.id, q.viewer?.projectId ?? null, q.viewer?.userId ?? null];
  return (await db.query<ShareRow>({ name: "delete-share", text, values })).rows[0] ?? null;
}

/** Removes the shares of objects that are gone, for whoever deletes them in the same transaction. */
export async function deleteSharesOf(db: Queryable, q: { objectIds: readonly string[] }): Promise<void> {
  const text = "delete from share where object_id = any ($1::uuid[])";
  await db.query({ name: "delete-shares-of", text, values: [q.objectIds] });
}
