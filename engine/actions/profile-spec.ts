import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Json, Plan } from "../../grammar/plan.ts";
import type { ProfileRow } from "../store/rows.ts";

/** All that decides what a profile's nodes are, and what its plugin may do for them. */
export type ProfileSpec = Pick<
  ProfileRow,
  "name" | "type" | "plugin_hash" | "grants" | "settings" | "properties"
>;

/** A profile of a plan, with its plugin's part. */
export function profileSpecOf(plan: Plan, name: string): ProfileSpec {
  const profile = plan.profiles[name]!; // the compiler has resolved every name
  const plugin = plan.plugins[profile.plugin]!;
  return {
    name,
    type: `${plugin.name}.${profile.type}`,
    plugin_hash: plugin.hash,
    grants: plugin.grants,
    settings: plugin.settings,
    properties: profile.properties,
  };
}

/** The public name of a profile's type, with its plugin's version: `docker.container-0.1.0`. */
export function specTypeOf(plan: Plan, name: string): string {
  const profile = plan.profiles[name]!; // as above
  const plugin = plan.plugins[profile.plugin]!;
  return `${plugin.name}.${profile.type}-${plugin.version}`;
}

/** One attribute that differs; `null` stands for absent. */
export interface AttributeChange {
  readonly name: string;
  readonly from: Json;
  readonly to: Json;
  /** How its values are meant, where the plugin's schema says: `Size`. */
  readonly type?: string;
  /** It can't be changed on a living node: nodes are made anew for it. */
  readonly forces?: "replacement";
}

/**
 * What the profile of a living cluster becomes. The program speaks where it changed (`before` to `after`); where it
 * didn't, what an action has set since (`actual`) stays.
 */
export function mergeProfile(q: {
  before: ProfileSpec | null;
  after: ProfileSpec;
  actual: ProfileSpec;
}): ProfileSpec {
  const { before, after, actual } = q;
  if (before === null || before.type !== after.type) return after;
  const properties: Record<string, Json> = { ...actual.properties };
  for (const { name } of attributeChanges(before.properties, after.properties)) {
    if (Object.hasOwn(after.properties, name)) properties[name] = after.properties[name]!;
    else delete properties[name];
  }
  const unchanged = (field: "plugin_hash" | "grants" | "settings") => sameJson(before[field], after[field]);
  return {
    ...after,
    plugin_hash: unchanged("plugin_hash") ? actual.plugin_hash : after.plugin_hash,
    grants: unchanged("grants") ? actual.grants : after.grants,
    settings: unchanged("settings") ? actual.settings : after.settings,
    properties,
  };
}

/** What differs between two profiles, attribute by attribute, in order of name. */
export function profileChanges(from: ProfileSpec, to: ProfileSpec): AttributeChange[] {
  const head = (spec: ProfileSpec): Record<string, Json> => {
    const grants = spec.grants.map((grant) => [grant.capability, grant.target].filter(Boolean).join(" "));
    return { profile: spec.name, type: spec.type, plugin: spec.plugin_hash.slice(0, 12), allow: grants };
  };
  return [
    ...attributeChanges(head(from), head(to)),
    ...attributeChanges(from.settings, to.settings).map((change) => ({
      ...change,
      name: `with.${change.name}`,
    })),
    ...attributeChanges(from.properties, to.properties),
  ];
}

/** What differs between two records. */
export function attributeChanges(
  from: Readonly<Record<string, Json>>,
  to: Readonly<Record<string, Json>>,
): AttributeChange[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names
    .map((name) => ({ name, from: from[name] ?? null, to: to[name] ?? null }))
    .filter((change) => !sameJson(change.from, change.to));
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonicalJson(a as Json) === canonicalJson(b as Json); // plain data: plans and rows
}
