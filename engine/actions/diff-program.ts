import type { Json, Plan, PlanCluster } from "../../grammar/plan.ts";
import type { ClusterWithProfile } from "../store/apply-clusters.ts";
import type { ClusterRow } from "../store/rows.ts";
import {
  type AttributeChange,
  attributeChanges,
  mergeProfile,
  type ProfileSpec,
  profileChanges,
  profileSpecOf,
  sameJson,
} from "./profile-spec.ts";
import { Refusal } from "./refusal.ts";

/** One difference between a program and what is there, as people are told. */
export interface Change {
  readonly kind: "plugin" | "profile" | "policy" | "action" | "cluster";
  readonly name: string;
  readonly change: "create" | "update" | "keep" | "delete";
  readonly attributes: readonly AttributeChange[];
  readonly note?: string;
}

/** What becomes of one cluster of the program. */
export interface ClusterStep {
  readonly name: string;
  readonly spec: PlanCluster;
  /** `null`: it is new. */
  readonly row: ClusterRow | null;
  readonly profile: ProfileSpec;
  readonly profileChanged: boolean;
  /** The size that an action must bring it to; `null` when it stays. */
  readonly resizeTo: number | null;
  /** Something of it failed before, and nothing else that is done now brings it back. */
  readonly recover: boolean;
}

export interface ProgramDiff {
  readonly changes: readonly Change[];
  readonly clusters: readonly ClusterStep[];
}

/**
 * What applying a plan would do, given the plan that was applied before and what is there. A size or property that
 * the program didn't change stays as actions have set it since, so that applying a text twice changes nothing.
 * Refuses when a cluster's name belongs to another program.
 */
export function diffProgram(q: {
  before: Plan | null;
  after: Plan;
  there: readonly ClusterWithProfile[];
}): ProgramDiff {
  const { before, after } = q;
  const rows = new Map(q.there.map((each) => [each.cluster.name, each]));
  const clusters = Object.entries(after.clusters).map(([name, spec]) => {
    return clusterStep({ name, spec, before, after, there: rows.get(name) ?? null });
  });
  return {
    clusters,
    changes: [
      ...partChanges("plugin", pluginFacts(before), pluginFacts(after)),
      ...partChanges("policy", withoutPlaces(before?.policies), withoutPlaces(after.policies)),
      ...partChanges("action", withoutPlaces(ownActions(before)), withoutPlaces(ownActions(after))),
      ...clusters.flatMap((step) => clusterChanges(step, rows.get(step.name) ?? null)),
      ...vanished(before, after, rows),
    ],
  };
}

function clusterStep(q: {
  name: string;
  spec: PlanCluster;
  before: Plan | null;
  after: Plan;
  there: ClusterWithProfile | null;
}): ClusterStep {
  const { name, spec, after, there } = q;
  const profile = profileSpecOf(after, spec.profile);
  if (there === null)
    return { name, spec, row: null, profile, profileChanged: true, resizeTo: null, recover: false };
  const row = there.cluster;
  if (row.program !== after.program) {
    throw new Refusal(
      "conflict",
      "name-taken",
      `cluster "${name}" belongs to program "${row.program ?? ""}"`,
      "give the cluster another name",
    );
  }
  const old = q.before?.clusters[name] ?? null;
  const merged = mergeProfile({
    before: old === null || q.before === null ? null : profileSpecOf(q.before, old.profile),
    after: profile,
    actual: there.profile,
  });
  const wanted = old === null || old.size !== spec.size;
  const outside =
    row.desired_capacity < spec.minimum || row.desired_capacity > (spec.maximum ?? Number.POSITIVE_INFINITY);
  const resize = (wanted || outside) && row.desired_capacity !== spec.size;
  const profileChanged = profileChanges(there.profile, merged).length > 0;
  return {
    name,
    spec,
    row,
    profile: merged,
    profileChanged,
    resizeTo: resize ? spec.size : null,
    recover: troubled.includes(row.status) && !profileChanged && !resize,
  };
}

/** What a failed or cancelled action leaves behind (Senlin's words). */
const troubled = ["WARNING", "CRITICAL", "ERROR"];

function clusterChanges(step: ClusterStep, there: ClusterWithProfile | null): Change[] {
  const { name, spec, row } = step;
  const from =
    row === null ? {} : shown(row.desired_capacity, row.min_size, row.max_size, row.metadata, row.policies);
  const size = row === null ? spec.size : (step.resizeTo ?? row.desired_capacity);
  const to = shown(size, spec.minimum, spec.maximum ?? -1, spec.labels, spec.policies);
  const ofProfile = there === null ? [] : profileChanges(there.profile, step.profile);
  const created = row === null ? attributeChanges({}, { profile: spec.profile }) : [];
  const recovered = step.recover
    ? attributeChanges({ status: row?.status ?? null }, { status: "ACTIVE" })
    : [];
  const attributes = [...attributeChanges(from, to), ...created, ...ofProfile, ...recovered];
  if (attributes.length === 0) return [];
  return [{ kind: "cluster", name, change: row === null ? "create" : "update", attributes }];
}

function shown(
  size: number,
  minimum: number,
  maximum: number,
  labels: ClusterRow["metadata"],
  policies: ClusterRow["policies"],
): Record<string, Json> {
  const range = maximum < 0 ? `from ${minimum}` : `${minimum}..${maximum}`;
  const bound = policies.map((binding) => [binding.policy, binding.arguments] as const);
  return {
    size,
    range,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(bound.length > 0 && { policies: bound }),
  };
}

function vanished(before: Plan | null, after: Plan, rows: ReadonlyMap<string, ClusterWithProfile>): Change[] {
  return Object.keys(before?.clusters ?? {})
    .filter((name) => after.clusters[name] === undefined && rows.has(name))
    .map((name) => {
      const note = "is no longer in the program; it stays until it is deleted with CLUSTER_DELETE";
      return { kind: "cluster", name, change: "keep", attributes: [], note } as const;
    });
}

function partChanges(
  kind: Change["kind"],
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): Change[] => {
    const [from, to] = [before[name], after[name]];
    if (from === undefined) return [{ kind, name, change: "create", attributes: [] }];
    if (to === undefined) return [{ kind, name, change: "delete", attributes: [] }];
    if (sameJson(from, to)) return [];
    const attributes =
      kind === "plugin" ? attributeChanges(from as Record<string, Json>, to as Record<string, Json>) : [];
    return [{ kind, name, change: "update", attributes }];
  });
}

function pluginFacts(plan: Plan | null): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(plan?.plugins ?? {}).map(([alias, plugin]) => {
      const allow = plugin.grants.map((grant) => [grant.capability, grant.target].filter(Boolean).join(" "));
      const { name, version, tier } = plugin;
      return [alias, { name, version, tier, bundle: plugin.hash.slice(0, 12), allow, with: plugin.settings }];
    }),
  );
}

function ownActions(plan: Plan | null): Record<string, unknown> {
  return Object.fromEntries(Object.entries(plan?.actions ?? {}).filter(([, action]) => !action.builtin));
}

/** A part of a plan without source positions: moving a text down is no change. */
function withoutPlaces(part: Readonly<Record<string, unknown>> | undefined): Record<string, Json> {
  const strip = (value: unknown): Json => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== "object" || value === null) return value as Json;
    const fields = Object.entries(value).filter(
      ([name, of]) => !(name === "at" && isPlace(of)) && of !== undefined,
    );
    return Object.fromEntries(fields.map(([name, of]) => [name, strip(of)]));
  };
  return strip(part ?? {}) as Record<string, Json>;
}

function isPlace(value: unknown): boolean {
  return typeof value === "object" && value !== null && "line" in value && "endColumn" in value;
}
