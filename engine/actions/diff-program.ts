import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Json, Plan, PlanBinding, PlanCluster } from "../../grammar/plan.ts";
import type { PropertySchemas } from "../../grammar/plugin-schema.ts";
import type { ClusterWithProfile } from "../store/apply-clusters.ts";
import type { NodeWithProfile } from "../store/load-nodes-to-plan.ts";
import type { ClusterRow } from "../store/rows.ts";
import { clusterFacts, range } from "./cluster-facts.ts";
import { type Change, diffParts, typed } from "./diff-plans.ts";
import { convergeFates, type NodeFate, replacingProperties } from "./node-fates.ts";
import { type PolicyVoice, policyVoices } from "./policy-voices.ts";
import {
  type AttributeChange,
  attributeChanges,
  mergeProfile,
  type ProfileSpec,
  profileChanges,
  profileSpecOf,
} from "./profile-spec.ts";
import { Refusal } from "./refusal.ts";

/** What becomes of one cluster of the program. */
export interface ClusterStep {
  readonly name: string;
  readonly spec: PlanCluster;
  /** `null`: it is new. */
  readonly row: ClusterRow | null;
  readonly profile: ProfileSpec;
  readonly profileChanged: boolean;
  /** What it starts, in this order. */
  readonly starts: readonly PlannedAction[];
}

/** An action that applying starts on a cluster, with what is known of it before it begins. */
export interface PlannedAction {
  readonly action: string;
  readonly cluster: string;
  /** Beside the cluster. */
  readonly inputs: Readonly<Record<string, Json>>;
  readonly why: string;
  readonly nodes: readonly NodeFate[];
  readonly policies: readonly PolicyVoice[];
}

export interface ProgramDiff {
  readonly changes: readonly Change[];
  readonly clusters: readonly ClusterStep[];
}

/** What is there, as far as a plan looks at it. */
export interface Reality {
  readonly clusters: readonly ClusterWithProfile[];
  readonly nodes: readonly NodeWithProfile[];
  /** Schemas of profile types' properties, by the plugin's hash and the type's name in it. */
  propertiesOf(pluginHash: string, type: string): PropertySchemas | null;
}

/**
 * What applying a plan would do, given the plan that was applied before and what is there. A size or property that
 * the program didn't change stays as actions have set it since, so that applying a text twice changes nothing.
 * Refuses when a cluster's name belongs to another program.
 */
export function diffProgram(q: { before: Plan | null; after: Plan; there: Reality }): ProgramDiff {
  const { before, after, there } = q;
  const rows = new Map(there.clusters.map((each) => [each.cluster.name, each]));
  const clusters = Object.entries(after.clusters).map(([name, spec]) => {
    return clusterStep({ name, spec, before, after, row: rows.get(name) ?? null, there });
  });
  return {
    clusters,
    changes: [
      ...diffParts(before, after, there.propertiesOf),
      ...clusters.flatMap((step) => clusterChanges(step, rows.get(step.name) ?? null, after, there)),
      ...vanished(before, after, rows),
    ],
  };
}

function clusterStep(q: {
  name: string;
  spec: PlanCluster;
  before: Plan | null;
  after: Plan;
  row: ClusterWithProfile | null;
  there: Reality;
}): ClusterStep {
  const { name, spec, after } = q;
  const profile = profileSpecOf(after, spec.profile);
  const planned = (
    action: string,
    why: string,
    nodes: readonly NodeFate[],
    inputs: PlannedAction["inputs"] = {},
  ): PlannedAction => {
    const policies = policyVoices(after, spec.policies, action);
    return { action, cluster: name, inputs, why, nodes, policies };
  };
  if (q.row === null) {
    const starts = [planned("CLUSTER_CREATE", "it is new", fate("create", spec.size))];
    return { name, spec, row: null, profile, profileChanged: true, starts };
  }
  const row = q.row.cluster;
  expectOwn(row, after);
  const old = q.before?.clusters[name] ?? null;
  const merged = mergeProfile({
    before: old === null || q.before === null ? null : profileSpecOf(q.before, old.profile),
    after: profile,
    actual: q.row.profile,
  });
  const starts: PlannedAction[] = [];
  const differing = profileChanges(q.row.profile, merged);
  const own = q.there.nodes.filter((node) => node.cluster_id === row.id);
  if (differing.length > 0) {
    const what = differing.map((change) => change.name).join(", ");
    const fates = convergeFates(own, merged, schemaOf(q.there, merged));
    starts.push(planned("CLUSTER_UPDATE", `its profile differs: ${what}`, fates));
  }
  const wanted = old === null || old.size !== spec.size;
  const outside =
    row.desired_capacity < spec.minimum || row.desired_capacity > (spec.maximum ?? Number.POSITIVE_INFINITY);
  const resize = (wanted || outside) && row.desired_capacity !== spec.size;
  if (troubled.includes(row.status) && differing.length === 0 && !resize) {
    const sick = own.filter((node) => !node.healthy).map((node) => node.name);
    const missing = Math.max(0, row.desired_capacity - own.length);
    const fates = [...fate("recover", sick.length, sick), ...fate("create", missing)];
    starts.push(planned("CLUSTER_RECOVER", `its status is ${row.status}`, fates));
  }
  if (
    starts.length === 0 &&
    !resize &&
    attachmentsOf(ofPrograms(row), q.before, after) !== attachmentsOf(spec.policies, null, after)
  )
    starts.push(planned("CLUSTER_SETTLE_POLICIES", "policies that are attached have changed", []));
  if (resize) {
    const why = wanted
      ? `the program says ${spec.size}`
      : `${row.desired_capacity} is outside ${range(spec.minimum, spec.maximum ?? -1)}`;
    const more = spec.size - own.length;
    const fates = more >= 0 ? fate("create", more) : fate("delete", -more);
    starts.push(planned("CLUSTER_RESIZE", why, fates, { size: spec.size }));
  }
  return { name, spec, row, profile: merged, profileChanged: differing.length > 0, starts };
}

/** The policies of a list that are attached and detached, as a text to compare. */
function attachmentsOf(
  bindings: readonly Pick<PlanBinding, "policy" | "arguments">[],
  before: Plan | null,
  after: Plan,
): string {
  const attached = bindings.filter(({ policy }) =>
    [after, before].some((plan) => plan?.policies[policy]?.type?.attaches === true),
  );
  return attached
    .map(({ policy, arguments: given }) => `${policy} ${canonicalJson(given)}`)
    .sort()
    .join("\n");
}

function ofPrograms(row: ClusterRow): ClusterRow["policies"] {
  return row.policies.filter(({ program }) => program !== null);
}

/** What a failed or cancelled action leaves behind (Senlin's words). */
const troubled = ["WARNING", "CRITICAL", "ERROR"];

function fate(how: NodeFate["how"], count: number, names: readonly string[] = []): NodeFate[] {
  return count === 0 ? [] : [{ how, count, names: names.slice(0, 100) }];
}

function expectOwn(row: ClusterRow, after: Plan): void {
  if (row.program === after.program) return;
  throw new Refusal(
    "conflict",
    "name-taken",
    `cluster "${row.name}" belongs to program "${row.program ?? ""}"`,
    "give the cluster another name",
  );
}

function schemaOf(there: Reality, spec: ProfileSpec): PropertySchemas | null {
  return there.propertiesOf(spec.plugin_hash, spec.type.slice(spec.type.lastIndexOf(".") + 1));
}

function clusterChanges(
  step: ClusterStep,
  there: ClusterWithProfile | null,
  after: Plan,
  reality: Reality,
): Change[] {
  const { name, spec, row } = step;
  const from = row === null ? {} : clusterFacts(after, row.desired_capacity, row.min_size, row.max_size, row);
  const resized = step.starts.find((each) => each.action === "CLUSTER_RESIZE")?.inputs["size"];
  const size = row === null ? spec.size : (resized ?? row.desired_capacity);
  const to = clusterFacts(after, size as number, spec.minimum, spec.maximum ?? -1, {
    metadata: spec.labels,
    policies: spec.policies,
    overrides: spec.overrides ?? {},
  });
  const created = row === null ? attributeChanges({}, { profile: spec.profile }) : [];
  const recovered = step.starts.some((each) => each.action === "CLUSTER_RECOVER")
    ? attributeChanges({ status: row?.status ?? null }, { status: "ACTIVE" })
    : [];
  const ofProfile = there === null ? [] : propertyChanges(there.profile, step.profile, reality);
  const attributes = [...attributeChanges(from, to), ...created, ...ofProfile, ...recovered];
  if (attributes.length === 0) return [];
  const replaced = step.starts.some((each) => each.nodes.some((nodes) => nodes.how === "replace"));
  return [
    { kind: "cluster", name, change: row === null ? "create" : replaced ? "replace" : "update", attributes },
  ];
}

/** Differences of a profile, each with its property's type and whether nodes must be made anew for it. */
function propertyChanges(from: ProfileSpec, to: ProfileSpec, reality: Reality): AttributeChange[] {
  const schema = schemaOf(reality, to);
  const forcing = new Set(replacingProperties(from, to, schema));
  return profileChanges(from, to).map((change) => {
    return {
      ...typed(change, schema),
      ...(forcing.has(change.name) && { forces: "replacement" as const }),
    };
  });
}

function vanished(before: Plan | null, after: Plan, rows: ReadonlyMap<string, ClusterWithProfile>): Change[] {
  return Object.keys(before?.clusters ?? {})
    .filter((name) => after.clusters[name] === undefined && rows.has(name))
    .map((name) => {
      const note = "is no longer in the program; it stays until it is deleted with CLUSTER_DELETE";
      return { kind: "cluster", name, change: "keep", attributes: [], note } as const;
    });
}
