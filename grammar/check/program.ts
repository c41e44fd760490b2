import type { Plan, PlanAction, PlanCluster, PlanPlugin, PlanPolicy, PlanProfile, Value } from "../plan.ts";
import type { Span } from "../spans.ts";
import type { ActionNode, DeclarationNode, NameNode, PolicyNode, ProgramNode } from "../syntax.ts";
import { type Type, unknown } from "../types.ts";
import { type CheckedAction, checkAction } from "./actions.ts";
import { type Call, findCycles, reachableClusters } from "./call-graph.ts";
import type { Checker } from "./checker.ts";
import { checkCluster, profileNameOf } from "./clusters.ts";
import { declareParameters } from "./parameters.ts";
import { paramValue, reportUnknownParams } from "./params.ts";
import { checkPlugin, type PluginResolver, resolvePlugin } from "./plugins.ts";
import { type CheckedPolicy, checkPolicy } from "./policies.ts";
import { checkProfile, resolveProfileType } from "./profiles.ts";
import { declareRecords } from "./record-types.ts";
import { resolveType } from "./type-nodes.ts";

/** What a checked file adds to a plan. */
export type CheckedProgram = Pick<Plan, "plugins" | "profiles" | "clusters" | "policies" | "actions">;

type Parameters = ReturnType<typeof declareParameters>;

/** The declarations of a file by kind, in source order, repeats left out. */
interface Declared {
  readonly actions: {
    readonly node: ActionNode;
    readonly parameters: Parameters;
    readonly result: Type | null;
  }[];
  readonly policies: { readonly node: PolicyNode; readonly parameters: Parameters }[];
}

/**
 * Checks one file against the symbols that are there (the library's actions) and its own, which it adds. All mistakes
 * go to the checker; what could be made sense of comes back.
 */
export function checkProgram(
  c: Checker,
  program: ProgramNode,
  q: { plugins: PluginResolver; parameters: Readonly<Record<string, string>> },
): CheckedProgram {
  const nodes = distinctDeclarations(c, program.declarations);
  declarePlugins(c, nodes, q.plugins);
  declareTypes(c, nodes);
  declareProfiles(c, nodes);
  declareParams(c, nodes, q.parameters);
  const declared = declareCallables(c, nodes);
  const defaults = new Map(
    declared.policies.map(({ node, parameters }) => [node.name.text, defaultsOf(parameters)]),
  );

  const plugins = new Map<string, PlanPlugin>();
  const profiles = new Map<string, PlanProfile>();
  const clusters = new Map<string, PlanCluster>();
  for (const node of nodes) {
    const name = "name" in node ? node.name.text : "";
    if (node.kind === "Plugin") {
      const schema = c.symbols.plugins.get(name)?.schema;
      if (schema !== undefined && schema !== null) plugins.set(name, checkPlugin(c, node, schema));
    } else if (node.kind === "Profile") {
      const profile = checkProfile(c, node);
      if (profile !== null) profiles.set(name, profile);
    } else if (node.kind === "Cluster") {
      clusters.set(
        name,
        checkCluster(c, node, (policy) => defaults.get(policy) ?? {}),
      );
    }
  }
  const policies = declared.policies.map(({ node, parameters }) => ({
    node,
    checked: checkPolicy(c, node, parameters),
  }));
  const actions = declared.actions.map(({ node, parameters, result }) => ({
    node,
    checked: checkAction(c, node, parameters, result),
  }));
  warnUnusedDeclarations(c);
  return {
    plugins: Object.fromEntries(plugins),
    profiles: Object.fromEntries(profiles),
    clusters: Object.fromEntries(clusters),
    policies: Object.fromEntries(
      policies.map(({ node, checked }): [string, PlanPolicy] => [node.name.text, checked.plan]),
    ),
    actions: linkActions(
      c,
      new Map(actions.map(({ node, checked }) => [node.name.text, checked])),
      policies.map(({ checked }) => checked),
    ),
  };
}

/** Every declaration once: values (plugins, params, clusters) share names, the other kinds have their own. */
function distinctDeclarations(c: Checker, nodes: readonly DeclarationNode[]): readonly DeclarationNode[] {
  const seen = new Map<string, NameNode>();
  return nodes.filter((node) => {
    const { name } = node;
    if (name.text === "") return false;
    const isValue = node.kind === "Plugin" || node.kind === "Param" || node.kind === "Cluster";
    const key = `${isValue ? "Value" : node.kind} ${name.text}`;
    const before = seen.get(key);
    if (before !== undefined) {
      c.reportWith([{ span: before.span, message: "declared here before" }], "duplicate-name", name.span, {
        name: name.text,
      });
      return false;
    }
    seen.set(key, name);
    return true;
  });
}

function declarePlugins(c: Checker, nodes: readonly DeclarationNode[], resolve: PluginResolver): void {
  for (const node of nodes) {
    if (node.kind !== "Plugin") continue;
    c.symbols.plugins.set(node.name.text, { span: node.name.span, schema: resolvePlugin(c, node, resolve) });
  }
}

function declareTypes(c: Checker, nodes: readonly DeclarationNode[]): void {
  const records = nodes.filter((node) => node.kind === "RecordType");
  for (const node of records) {
    c.symbols.records.set(node.name.text, { span: node.name.span, type: unknown, used: false });
  }
  declareRecords(c, records);
}

function declareParams(
  c: Checker,
  nodes: readonly DeclarationNode[],
  given: Readonly<Record<string, string>>,
): void {
  for (const node of nodes) {
    if (node.kind !== "Param") continue;
    const type = resolveType(c, node.type);
    const value = paramValue(
      c,
      node,
      type,
      Object.hasOwn(given, node.name.text) ? given[node.name.text] : undefined,
    );
    c.symbols.params.set(node.name.text, { span: node.name.span, type, value });
  }
  reportUnknownParams(c, given);
}

function declareProfiles(c: Checker, nodes: readonly DeclarationNode[]): void {
  for (const node of nodes) {
    if (node.kind !== "Profile") continue;
    const profile = resolveProfileType(c, node);
    c.symbols.profiles.set(node.name.text, { span: node.name.span, profile, used: profile === null });
  }
  for (const node of nodes) {
    if (node.kind !== "Cluster") continue;
    const profile = c.symbols.profiles.get(profileNameOf(node) ?? "")?.profile ?? null;
    c.symbols.clusters.set(node.name.text, { span: node.name.span, profile });
  }
}

function declareCallables(c: Checker, nodes: readonly DeclarationNode[]): Declared {
  const declared: Declared = { actions: [], policies: [] };
  for (const node of nodes) {
    if (node.kind !== "Action" && node.kind !== "Policy") continue;
    const parameters = declareParameters(c, node.parameters);
    const name = node.name.text;
    const { span } = node.name;
    if (node.kind === "Policy") {
      c.symbols.policies.set(name, { span, parameters });
      declared.policies.push({ node, parameters });
      continue;
    }
    const result = node.result === null ? null : resolveType(c, node.result);
    declared.actions.push({ node, parameters, result });
    if (!c.inLibrary && /^(CLUSTER|NODE)_/.test(name)) c.report("reserved-name", span, { name });
    else
      c.symbols.actions.set(name, {
        span: c.inLibrary ? null : span,
        builtin: c.inLibrary,
        parameters,
        result,
      });
  }
  return declared;
}

function defaultsOf(parameters: Parameters): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    parameters.flatMap(({ plan }): [string, Value][] =>
      plan.default === undefined ? [] : [[plan.name, plan.default]],
    ),
  );
}

/** Warns of records and profiles that nothing names: policies and actions may be used from outside, these can't. */
function warnUnusedDeclarations(c: Checker): void {
  const warn = (kind: string, symbols: ReadonlyMap<string, { span: Span; used: boolean }>) => {
    for (const [name, { span, used }] of symbols) {
      if (!used && !name.startsWith("_")) c.report("unused", span, { kind, name });
    }
  };
  warn("record", c.symbols.records);
  warn("profile", c.symbols.profiles);
}

/** Finds circles of calls, and for each action the clusters that it can reach by name. */
function linkActions(
  c: Checker,
  actions: ReadonlyMap<string, CheckedAction>,
  policies: readonly CheckedPolicy[],
): Readonly<Record<string, PlanAction>> {
  const graph = new Map<string, Call[]>();
  const named = new Map<string, Set<string>>();
  const add = (
    action: string,
    performs: readonly { action: string; span: Span }[],
    clusters: ReadonlySet<string>,
  ) => {
    graph.set(action, [...(graph.get(action) ?? []), ...performs]);
    named.set(action, new Set([...(named.get(action) ?? []), ...clusters]));
  };
  for (const [name, { body }] of actions) add(name, body.performs, body.clusters);
  for (const { hook, body } of policies.flatMap(({ bodies }) => bodies)) {
    for (const action of hook.actions) add(action, body.performs, body.clusters);
  }
  const cycles = findCycles(graph);
  for (const { span, cycle } of cycles) if (span !== null) c.report("recursion", span, { cycle });
  const clusters = cycles.length > 0 ? new Map<string, readonly string[]>() : reachableClusters(graph, named);
  return Object.fromEntries(
    [...actions].map(([name, { plan }]) => [name, { ...plan, clusterNames: clusters.get(name) ?? [] }]),
  );
}
