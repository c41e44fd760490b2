import type { Json } from "../../grammar/plan.ts";
import { type Manifest, type ProfileTypeSchema, standardOperations } from "../../plugins/sdk/manifest.ts";
import { readParameters } from "../specs/read-parameters.ts";
import { type SpecType, specTypeOf } from "../specs/spec-type.ts";
import { findProfile } from "../store/find-profile.ts";
import { findPlugins } from "../store/plugins.ts";
import type { Queryable } from "../store/pool.ts";
import { Refusal } from "./refusal.ts";

/** The schema of a profile's type, in the very plugin that its nodes run with. */
export async function profileTypeOf(
  db: Queryable,
  q: { profileId: string },
): Promise<{ readonly specType: string; readonly schema: ProfileTypeSchema; readonly manifest: Manifest }> {
  const profile = await findProfile(db, q);
  const [plugin] = profile === null ? [] : await findPlugins(db, { hashes: [profile.plugin_hash] });
  const manifest = plugin?.manifest as unknown as Manifest | undefined; // checked when it came in
  const schema = manifest?.profiles[profile?.type.split(".").at(-1) ?? ""];
  if (profile === null || manifest === undefined || schema === undefined) {
    throw new Refusal("conflict", "plugin-not-found", `the plugin of profile ${q.profileId} is gone`);
  }
  return { specType: profile.spec_type, schema, manifest };
}

/**
 * The parameters of an operation that users may ask for, checked. `null`: the operation takes none, and some were given,
 * at which Senlin trips.
 */
export async function operationParameters(
  db: Queryable,
  q: { profileId: string; operation: string; given: Json },
): Promise<Readonly<Record<string, Json>> | null> {
  const { specType, schema } = await profileTypeOf(db, q);
  const type = specTypeOf(schema) ?? ofPrograms(schema);
  if (!(type.operations ?? []).includes(q.operation)) {
    throw invalid(
      `The requested operation '${q.operation}' is not supported by the profile type '${specType}'.`,
    );
  }
  if (typeof q.given !== "object" || q.given === null || Object.keys(q.given).length === 0) return {};
  if (type.free_operations?.includes(q.operation)) return {};
  const takes = Object.keys(schema.operations[q.operation]?.arguments ?? {});
  if (takes.length === 0) return null;
  const read = readParameters(type, q.operation, q.given);
  if (!read.ok) throw invalid(read.message);
  return read.properties;
}

/** What an action's name says: `cluster_reboot_1a2b3c4d`. */
export function operationName(kind: "cluster" | "node", operation: string, id: string): string {
  return `${`${kind}_${operation}`.slice(0, 54)}_${id.slice(0, 8)}`;
}

/** A type that only programs use offers whatever is not of every type. */
function ofPrograms(schema: ProfileTypeSchema): SpecType {
  const standard: readonly string[] = standardOperations;
  const operations = Object.keys(schema.operations).filter((name) => !standard.includes(name));
  return {
    type: "",
    versions: [],
    support_status: {},
    properties: schema.properties,
    operations,
    operationSchemas: schema.operations,
  };
}

function invalid(message: string): Refusal {
  return new Refusal("invalid", "bad-operation", message.endsWith(".") ? message : `${message}.`);
}
