import type { Grant, Json } from "../../grammar/plan.ts";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { readSpec, specNameOf } from "../specs/read-spec.ts";
import { newId } from "../store/new-id.ts";
import type { Queryable } from "../store/pool.ts";
import { insertRequestedProfile, type ProfileDetail } from "../store/profiles.ts";
import { type OfferedType, offeredTypes } from "./provided-types.ts";
import { Refusal } from "./refusal.ts";

/** Who makes something. */
export interface Maker {
  readonly projectId: string;
  readonly userId: string;
  readonly domainId: string | null;
}

export interface CheckedProfile {
  /** `os.nova.server-1.0` */
  readonly name: string;
  readonly type: OfferedType;
  /** With defaults. */
  readonly properties: Readonly<Record<string, Json>>;
}

/**
 * Checks a spec as its type has it. Refuses with Senlin's words: `not-found` for a type that no plugin provides,
 * `invalid` for what the type doesn't take.
 */
export async function checkProfileSpec(
  db: Queryable,
  q: { readonly name: string; readonly spec: Readonly<Record<string, Json>>; readonly caller: Maker },
): Promise<CheckedProfile> {
  const named = specNameOf(q.spec);
  if (!named.ok) throw new Refusal("invalid", "ESchema", named.message);
  const type = (await offeredTypes(db)).get(named.name);
  if (type === undefined)
    throw new Refusal(
      "not-found",
      "ResourceNotFound",
      `The profile_type '${named.name}' could not be found.`,
    );
  const read = readSpec("profile", type.type.properties, q.spec);
  if (!read.ok)
    throw new Refusal("invalid", "InvalidSpec", `Failed in creating profile ${q.name}: ${read.message}`);
  return { name: named.name, type, properties: read.properties };
}

/** Makes a profile of a spec. */
export async function createProfile(
  db: Queryable,
  q: {
    readonly caller: Maker;
    readonly name: string;
    readonly spec: Readonly<Record<string, Json>>;
    readonly metadata: Readonly<Record<string, Json>>;
  },
): Promise<ProfileDetail> {
  const { name, type, properties } = await checkProfileSpec(db, q);
  return await insertRequestedProfile(db, {
    id: newId(),
    projectId: q.caller.projectId,
    userId: q.caller.userId,
    domainId: q.caller.domainId,
    name: q.name,
    metadata: q.metadata,
    spec: q.spec,
    specType: name,
    type: `${type.plugin}.${type.profile}`,
    pluginHash: type.hash,
    grants: standingGrants(type.manifest),
    settings: defaultSettings(type.manifest),
    properties,
  });
}

/**
 * What a plugin may do for profiles that no program grants anything: keep state of its own, apart for each project. It
 * reaches nothing outside.
 */
function standingGrants(manifest: Manifest): Grant[] {
  return manifest.needs.some((need) => need.capability === "state")
    ? [{ capability: "state", target: null }]
    : [];
}

function defaultSettings(manifest: Manifest): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(manifest.settings).flatMap(([name, schema]) =>
      schema.default === undefined ? [] : [[name, schema.default] as const],
    ),
  );
}
