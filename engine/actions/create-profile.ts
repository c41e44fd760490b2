import type { Grant, Json } from "../../grammar/plan.ts";
import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { readSpec, specNameOf } from "../specs/read-spec.ts";
import { newId } from "../store/new-id.ts";
import type { Queryable } from "../store/pool.ts";
import { insertRequestedProfile, type ProfileDetail } from "../store/profiles.ts";
import type { PluginQuestions } from "./ask-plugins.ts";
import { missingHosts } from "./missing-hosts.ts";
import { type OfferedType, offeredTypes } from "./provided-types.ts";
import { Refusal } from "./refusal.ts";
import { withFreeName } from "./with-free-name.ts";

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

/** A spec to look at. */
export interface SpecRequest {
  readonly caller: Maker;
  /** `null` where it is only looked at: nothing is to be made of it. */
  readonly name: string | null;
  readonly spec: Readonly<Record<string, Json>>;
  readonly questions: PluginQuestions;
}

/** What a profile is called that isn't made. */
export const validatedProfile = "validated_profile";

/**
 * Checks a spec as its type has it, then asks the plugin whether what it refers to is there. Refuses with Senlin's
 * words: `not-found` for a type that no plugin provides, `invalid` for what the type doesn't take or the plugin misses.
 */
export async function checkProfileSpec(db: Queryable, q: SpecRequest): Promise<CheckedProfile> {
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
  if (!read.ok) {
    const when = q.name === null ? "" : `Failed in creating profile ${q.name}: `;
    throw new Refusal("invalid", "InvalidSpec", `${when}${read.message}`);
  }
  const { projectId } = q.caller;
  const asked = await askProblems(type, read.properties, q);
  const problems =
    asked.length > 0
      ? asked
      : await missingHosts(db, { type: named.name, properties: read.properties, projectId });
  if (problems.length > 0) throw new Refusal("invalid", "InvalidSpec", problems.join("; "));
  return { name: named.name, type, properties: read.properties };
}

/** What the plugin finds wrong beyond the schema; nothing when it has no function for that. */
async function askProblems(
  { hash, profile, manifest }: OfferedType,
  properties: Readonly<Record<string, Json>>,
  q: SpecRequest,
): Promise<readonly string[]> {
  const validate = manifest.profiles[profile]?.validate;
  if (validate === undefined) return [];
  const problems = await q.questions.ofPlugin({
    projectId: q.caller.projectId,
    pluginHash: hash,
    ...standing(manifest),
    function: validate,
    arguments: { properties, name: q.name ?? validatedProfile },
  });
  return problems as readonly string[]; // a list of texts, as the manifest says and the host has checked
}

/** Makes a profile of a spec. */
export async function createProfile(
  db: Queryable,
  q: SpecRequest & { readonly name: string; readonly metadata: Readonly<Record<string, Json>> },
): Promise<ProfileDetail> {
  const { name, type, properties } = await checkProfileSpec(db, q);
  const { projectId, userId, domainId } = q.caller;
  return await withFreeName(db, { kind: "profile", projectId, name: q.name }, (within) =>
    insertRequestedProfile(within, {
      id: newId(),
      projectId,
      userId,
      domainId,
      name: q.name,
      metadata: q.metadata,
      spec: q.spec,
      specType: name,
      type: `${type.plugin}.${type.profile}`,
      pluginHash: type.hash,
      ...standing(type.manifest),
      properties,
    }),
  );
}

/**
 * With what a plugin is used where no program says it: it may keep state of its own, apart for each project, and reaches
 * nothing outside; its settings are the defaults.
 */
export function standing(manifest: Manifest): {
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
} {
  const keeps = manifest.needs.some((need) => need.capability === "state");
  const settings = Object.entries(manifest.settings).flatMap(([name, schema]) =>
    schema.default === undefined ? [] : [[name, schema.default] as const],
  );
  return {
    grants: keeps ? [{ capability: "state", target: null }] : [],
    settings: Object.fromEntries(settings),
  };
}
