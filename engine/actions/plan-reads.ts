import { createHash } from "node:crypto";
import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Json, Plan } from "../../grammar/plan.ts";
import type { MailboxEntry } from "../store/list-waiting.ts";
import type { ProgramRow } from "../store/programs.ts";
import type { ProgramDiff, Reality } from "./diff-program.ts";
import { sameJson } from "./profile-spec.ts";

/**
 * What a plan was made from. A saved plan carries it, and is applied only while nothing of it has moved (DESIGN, R4).
 * Of nodes it holds short digests, of profiles no values.
 */
export interface PlanReads {
  /** Of the program as it was compiled: its plugins' hashes and the library are part of it. */
  readonly plan_hash: string;
  /** The version that was current; `null` when there was none. */
  readonly version: number | null;
  /** By name; `null` for one that was not there. */
  readonly clusters: Readonly<Record<string, ClusterReads | null>>;
}

export interface ClusterReads {
  readonly id: string;
  readonly facts: Readonly<Record<string, Json>>;
  /** By name, a digest of what decides the node's fate; only of clusters on which something starts. */
  readonly nodes: Readonly<Record<string, string>> | null;
  /** Actions that were accepted for it and had not ended: `roll 0198…`. */
  readonly actions: readonly string[];
}

/** What this diff was made from. */
export function readsOf(q: {
  plan: Plan;
  current: ProgramRow | null;
  diff: ProgramDiff;
  there: Reality;
  waiting: readonly MailboxEntry[];
}): PlanReads {
  const steps = new Map(q.diff.clusters.map((step) => [step.name, step]));
  const there = new Map(q.there.clusters.map((each) => [each.cluster.name, each]));
  const names = [...new Set([...steps.keys(), ...there.keys()])].sort();
  const clusters = names.map((name): [string, ClusterReads | null] => {
    const found = there.get(name);
    if (found === undefined) return [name, null];
    const { cluster, profile } = found;
    const starting = (steps.get(name)?.starts.length ?? 0) > 0;
    const facts = {
      size: cluster.desired_capacity,
      bounds: `${cluster.min_size}..${cluster.max_size}`,
      labels: cluster.metadata,
      policies: cluster.policies.map(({ policy, arguments: given, enforce, enabled }) =>
        digest([policy, given, enforce, enabled]),
      ),
      status: starting ? cluster.status : "",
      profile: digest([profile.type, profile.plugin_hash, profile.grants, profile.settings]),
      ...Object.fromEntries(
        Object.entries(profile.properties).map(([property, value]) => [`profile.${property}`, digest(value)]),
      ),
    };
    const own = q.there.nodes.filter((node) => node.cluster_id === cluster.id);
    const nodes = own.map((node) => {
      const { profile_id, changes, physical_id, healthy } = node;
      return [node.name, digest([profile_id, changes, physical_id !== null, healthy])] as const;
    });
    const actions = q.waiting
      .filter((entry) => entry.cluster_id === cluster.id)
      .map((entry) => `${entry.action} ${entry.action_id}`);
    return [name, { id: cluster.id, facts, nodes: starting ? Object.fromEntries(nodes) : null, actions }];
  });
  return {
    plan_hash: q.plan.hash,
    version: q.current?.version ?? null,
    clusters: Object.fromEntries(clusters),
  };
}

/** What is otherwise now than when a plan was made, one line each; empty when it may be applied. */
export function movedSince(then: PlanReads, now: PlanReads): string[] {
  const moved: string[] = [];
  if (then.version !== now.version) {
    const was = then.version === null ? "no version was applied" : `version ${then.version} was current`;
    moved.push(`program: ${was}, now it is version ${now.version ?? "none"}`);
  }
  if (then.plan_hash !== now.plan_hash)
    moved.push("program: its text compiles to another plan on this server than when it was planned");
  for (const name of new Set([...Object.keys(then.clusters), ...Object.keys(now.clusters)])) {
    const [old, is] = [then.clusters[name] ?? null, now.clusters[name] ?? null];
    if (old === null && is === null) continue;
    if (old === null) moved.push(`cluster ${name}: it was not there, and is now`);
    else if (is === null) moved.push(`cluster ${name}: it is gone`);
    else if (old.id !== is.id) moved.push(`cluster ${name}: it was deleted and made anew`);
    else moved.push(...movedCluster(old, is).map((what) => `cluster ${name}: ${what}`));
  }
  return moved;
}

function movedCluster(old: ClusterReads, is: ClusterReads): string[] {
  const names = [...new Set([...Object.keys(old.facts), ...Object.keys(is.facts)])].sort();
  const moved = names.flatMap((fact) => {
    const [from, to] = [old.facts[fact] ?? null, is.facts[fact] ?? null];
    if (sameJson(from, to)) return [];
    if (fact === "size" || fact === "bounds" || fact === "status")
      return [`its ${fact} was ${String(from)}, now it is ${String(to)}`];
    return [`its ${fact.replace(/^profile\./, "")} has changed`];
  });
  const begun = is.actions.filter((action) => !old.actions.includes(action));
  moved.push(...begun.map((action) => `the action ${action} was accepted for it`));
  return [...moved, ...movedNodes(old.nodes ?? {}, is.nodes ?? {})];
}

function movedNodes(old: Readonly<Record<string, string>>, is: Readonly<Record<string, string>>): string[] {
  const moved = Object.keys({ ...old, ...is }).flatMap((name) => {
    if (old[name] === is[name]) return [];
    if (old[name] === undefined) return [`node ${name} has come`];
    return [is[name] === undefined ? `node ${name} is gone` : `node ${name} has changed`];
  });
  return moved.length <= 10 ? moved : [...moved.slice(0, 9), `${moved.length - 9} more nodes have moved`];
}

function digest(value: unknown): string {
  const text = canonicalJson((value ?? null) as Json); // plain data: rows
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
