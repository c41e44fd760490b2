import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Plan } from "../../grammar/plan.ts";
import { emptyClusters, type LocalState } from "./local-state.ts";

/** What a local run leaves to the next one. */
export interface KeptState {
  readonly state: LocalState;
  /** What plugins keep, by their scope. */
  readonly pluginState: Map<string, Map<string, string>>;
}

interface StateDocument extends LocalState {
  readonly schema: 1;
  readonly plugins: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Reads a state file; `null` when there is none yet. Throws for one that is something else. */
export function readStateFile(file: string): KeptState | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const document = JSON.parse(text) as Partial<StateDocument>; // written below; looked at before it is believed
  const { schema, clusters, nodes, profiles, plugins, attachments = [] } = document;
  if (schema !== 1 || !clusters || !nodes || !profiles || !plugins)
    throw new Error(`${file} is no state of a local run: name another file, or remove it`);
  const scopes = Object.entries(plugins).map(([scope, records]): [string, Map<string, string>] => [
    scope,
    new Map(Object.entries(records)),
  ]);
  return { state: { clusters, nodes, profiles, attachments }, pluginState: new Map(scopes) };
}

/** Writes it whole or not at all. */
export function writeStateFile(file: string, { state, pluginState }: KeptState): void {
  const plugins = Object.fromEntries(
    [...pluginState].map(([scope, records]) => [scope, Object.fromEntries(records)]),
  );
  const document: StateDocument = { schema: 1, ...state, plugins };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(document, null, 2)}\n`);
  renameSync(draft, file);
}

/**
 * What there was, under the plan of now: its bounds, labels and policies, its plugins with their grants; clusters that
 * are new stand there empty. What nodes are made from stays as it was.
 */
export function underPlan(kept: LocalState, plan: Plan): LocalState {
  const fresh = emptyClusters(plan);
  const clusters = fresh.clusters.map((cluster) => {
    const before = kept.clusters.find(({ name }) => name === cluster.name);
    if (before === undefined) return cluster;
    const { minimum, maximum, labels, policies, overrides = {} } = cluster;
    return { ...before, minimum, maximum, labels, policies, overrides };
  });
  const plugins = Object.values(plan.plugins);
  const profiles = kept.profiles.map((profile) => {
    const plugin = plugins.find(({ name }) => profile.type.startsWith(`${name}.`));
    if (plugin === undefined) return profile;
    return { ...profile, pluginHash: plugin.hash, grants: plugin.grants, settings: plugin.settings };
  });
  const added = fresh.profiles.filter(({ id }) => !profiles.some((profile) => profile.id === id));
  const names = new Set(clusters.map(({ id }) => id));
  return {
    clusters,
    nodes: kept.nodes.filter(({ clusterId }) => names.has(clusterId)),
    profiles: [...profiles, ...added],
    attachments: (kept.attachments ?? []).filter(({ clusterId }) => names.has(clusterId)),
  };
}
