import type { Grant, Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { ListedKind } from "./list-rows.ts";
import type { Queryable } from "./pool.ts";

/** A profile as its users see it. */
export interface ProfileDetail {
  readonly id: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly domain_id: string | null;
  readonly name: string;
  /** `os.nova.server-1.0` */
  readonly spec_type: string;
  /** As its user gave it; `null` for one that a program declares. */
  readonly spec: Readonly<Record<string, Json>> | null;
  readonly properties: Readonly<Record<string, Json>>;
  /** `null` once a user has set it to that. */
  readonly metadata: Readonly<Record<string, Json>> | null;
  readonly created_at: Date;
  readonly updated_at: Date | null;
}

const detailFields = `p.id, p.project_id, p.user_id, p.domain_id, p.name, p.spec_type, p.spec, p.properties, p.metadata,
  p.created_at, p.updated_at`;

/** How users list profiles. */
export const listedProfiles: ListedKind = {
  from: "profile p",
  fields: detailFields,
  sortKeys: {
    type: "p.spec_type",
    name: "p.name",
    created_at: "p.created_at",
    updated_at: "p.updated_at",
  },
  filters: { name: "p.name", type: "p.spec_type" },
  shared: { kind: "profile", id: "p.id" },
};

/** What a request makes a profile of. */
export interface NewProfile {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly domainId: string | null;
  readonly name: string;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly spec: Readonly<Record<string, Json>>;
  readonly specType: string;
  /** With its plugin's name: `openstack_test.server`. */
  readonly type: string;
  readonly pluginHash: string;
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
  /** Checked, defaults filled in. */
  readonly properties: Readonly<Record<string, Json>>;
}

/** Adds a profile that was made by a request. */
export async function insertRequestedProfile(db: Queryable, q: NewProfile): Promise<ProfileDetail> {
  const text = `
    insert into profile as p (id, project_id, user_id, domain_id, name, type, spec_type, plugin_hash, metadata, spec,
      grants, settings, properties)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    returning ${detailFields}`;
  const json = [q.metadata, q.spec, q.grants, q.settings, q.properties].map(toJsonColumn);
  const head = [q.id, q.projectId, q.userId, q.domainId, q.name, q.type, q.specType, q.pluginHash];
  return (
    await db.query<ProfileDetail>({ name: "insert-requested-profile", text, values: [...head, ...json] })
  ).rows[0]!;
}

/** Renames a profile (`null` leaves the name), or replaces its metadata (`undefined` leaves them). `null` when it is gone. */
export async function updateProfile(
  db: Queryable,
  q: { projectId: string; id: string; name: string | null; metadata: ProfileDetail["metadata"] | undefined },
): Promise<ProfileDetail | null> {
  const text = `
    update profile p
    set name = coalesce($3, p.name), metadata = coalesce($4, p.metadata), updated_at = now()
    where p.id = $1 and p.project_id = $2
    returning ${detailFields}`;
  const values = [q.id, q.projectId, q.name, q.metadata === undefined ? null : toJsonColumn(q.metadata)];
  return (await db.query<ProfileDetail>({ name: "update-profile", text, values })).rows[0] ?? null;
}
