import type { PlanCluster, PlanProfile, PlanTrigger, Value } from "../plan.ts";
import type { PlanTest } from "../plan-test.ts";
import type { Span } from "../spans.ts";
import type { ActionNode, DeclarationNode, PolicyNode, ProgramNode } from "../syntax.ts";
import { type Type, unknown } from "../types.ts";
import type { Checker } from "./checker.ts";
import { type CheckedAction, checkAction } from "./declarations/actions.ts";
import { checkCluster, profileNameOf } from "./declarations/clusters.ts";
import {
  type DeclaredNames,
  distinctDeclarations,
  importableDeclarations,
} from "./declarations/declarations.ts";
import { deprecationOf } from "./declarations/deprecations.ts";
import { declareEnum } from "./declarations/enums.ts";
import { type DeclaredParameter, declareParameters } from "./declarations/parameters.ts";
import { paramValue } from "./declarations/params.ts";
import {
  type CheckedPlugin,
  checkPlugin,
  type PluginResolver,
  resolvePlugin,
} from "./declarations/plugins.ts";
import { type CheckedPolicy, checkPolicy } from "./declarations/policies.ts";
import { decisionsOf } from "./declarations/policy-decisions.ts";
import { checkProfile, resolveProfileType } from "./declarations/profiles.ts";
import { declareRecords } from "./declarations/record-types.ts";
import { type CheckedSecret, checkSecret } from "./declarations/secrets.ts";
import { holdsSecret, refuseSecret } from "./expressions/secret-flow.ts";
import type { ListedTrigger } from "./links/trigger-links.ts";
import type { Place } from "./semantics.ts";
import { checkTests } from "./tests/test-blocks.ts";
import { checkTriggers } from "./triggers/triggers.ts";
import { resolveBounded } from "./types/bounds.ts";
import { resolveType } from "./types/type-nodes.ts";

/** What checking one file gives; `linkProgram` makes one program of several. */
export interface CheckedFile {
  readonly c: Checker;
  readonly plugins: ReadonlyMap<string, CheckedPlugin>;
  readonly profiles: ReadonlyMap<string, PlanProfile>;
  readonly secrets: ReadonlyMap<string, CheckedSecret>;
  readonly clusters: ReadonlyMap<string, PlanCluster>;
  readonly policies: ReadonlyMap<string, CheckedPolicy>;
  readonly actions: ReadonlyMap<string, CheckedAction>;
  readonly triggers: ReadonlyMap<string, PlanTrigger>;
  /** The triggers again, with their places. */
  readonly listed: readonly ListedTrigger[];
  readonly tests: readonly PlanTest[];
}

/** The declarations of a file by kind, in source order, repeats left out. */
interface Declared {
  readonly actions: {
    readonly node: ActionNode;
    readonly parameters: readonly DeclaredParameter[];
    readonly result: Type | null;
  }[];
  readonly policies: { readonly node: PolicyNode; readonly parameters: readonly DeclaredParameter[] }[];
}

/**
 * Checks one file against the symbols that are there (of the files that it imports, the library's actions) and its own,
 * which it adds. All mistakes go to the checker; what could be made sense of comes back.
 */
export function checkFile(
  c: Checker,
  program: ProgramNode,
  q: {
    readonly plugins: PluginResolver;
    readonly parameters: Readonly<Record<string, string>>;
    readonly names: DeclaredNames;
    /** Where an imported file is imported; `null` for the program itself. */
    readonly importedAt: Place | null;
  },
): CheckedFile {
  const allowed =
    q.importedAt === null
      ? program.declarations
      : importableDeclarations(c, program.declarations, q.importedAt);
  const nodes = distinctDeclarations(c, allowed, q.names);
  declarePlugins(c, nodes, q.plugins);
  declareTypes(c, nodes);
  declareSecrets(c, nodes);
  declareProfiles(c, nodes);
  declareParams(c, nodes, q.parameters);
  const declared = declareCallables(c, nodes);

  const plugins = new Map<string, CheckedPlugin>();
  const profiles = new Map<string, PlanProfile>();
  const secrets = new Map<string, CheckedSecret>();
  const clusters = new Map<string, PlanCluster>();
  for (const node of nodes) {
    if (node.kind === "Plugin") {
      const schema = c.symbols.plugins.get(node.name.text)?.schema;
      if (schema !== undefined && schema !== null) plugins.set(node.name.text, checkPlugin(c, node, schema));
    } else if (node.kind === "Profile") {
      const profile = checkProfile(c, node);
      if (profile !== null) profiles.set(node.name.text, profile);
    } else if (node.kind === "Secret") {
      const secret = checkSecret(c, node);
      if (secret !== undefined) secrets.set(node.name.text, secret);
    } else if (node.kind === "Cluster") {
      clusters.set(node.name.text, checkCluster(c, node));
    }
  }
  const policies = new Map(
    declared.policies.map(({ node, parameters }) => [node.name.text, checkPolicy(c, node, parameters)]),
  );
  const actions = new Map<string, CheckedAction>(
    declared.actions.map(({ node, parameters, result }) => [
      node.name.text,
      checkAction(c, node, parameters, result),
    ]),
  );
  const listed: ListedTrigger[] = [];
  for (const checked of checkTriggers(c, nodes)) {
    const { name, trigger, span } = checked;
    actions.set(name, checked);
    if (trigger !== null) listed.push({ c, name, trigger, span });
  }
  const triggers = new Map(listed.map(({ name, trigger }) => [name, trigger]));
  const tests = checkTests(c, nodes, clusters);
  if (q.importedAt === null) warnUnusedDeclarations(c);
  return { c, plugins, profiles, secrets, clusters, policies, actions, triggers, listed, tests };
}

function declarePlugins(c: Checker, nodes: readonly DeclarationNode[], resolve: PluginResolver): void {
  for (const node of nodes) {
    if (node.kind !== "Plugin") continue;
    const { text, span } = node.name;
    const schema = resolvePlugin(c, node, resolve);
    c.symbols.plugins.set(text, { file: c.fileIndex, span, schema, deprecated: deprecationOf(node.doc) });
    c.declare(node.name, "plugin", null);
  }
}

function declareTypes(c: Checker, nodes: readonly DeclarationNode[]): void {
  for (const node of nodes) if (node.kind === "Enum") declareEnum(c, node);
  const records = nodes.filter((node) => node.kind === "RecordType");
  for (const node of records) {
    c.symbols.records.set(node.name.text, {
      file: c.fileIndex,
      span: node.name.span,
      type: unknown,
      fields: new Map(node.fields.map(({ name }) => [name.text, name.span])),
      used: false,
      deprecated: deprecationOf(node.doc),
    });
  }
  declareRecords(c, records);
}

function declareSecrets(c: Checker, nodes: readonly DeclarationNode[]): void {
  for (const node of nodes) {
    if (node.kind !== "Secret") continue;
    c.symbols.secrets.set(node.name.text, { file: c.fileIndex, span: node.name.span, used: false });
    c.declare(node.name, "secret", { kind: "Secret" });
  }
}

function declareParams(
  c: Checker,
  nodes: readonly DeclarationNode[],
  given: Readonly<Record<string, string>>,
): void {
  for (const node of nodes) {
    if (node.kind !== "Param") continue;
    const { text, span } = node.name;
    const { type, bounds } = resolveBounded(c, node.type);
    const isSecret = holdsSecret(type);
    const written = Object.hasOwn(given, text) ? given[text] : undefined;
    if (isSecret) c.report("plain-secret", node.type.span, { name: text, because: "and a param is not" });
    const value = isSecret ? undefined : paramValue(c, node, { type, bounds }, written);
    c.symbols.params.set(text, {
      file: c.fileIndex,
      span,
      type,
      value,
      used: isSecret,
      deprecated: deprecationOf(node.doc),
    });
    c.declare(node.name, "param", type);
  }
}

function declareProfiles(c: Checker, nodes: readonly DeclarationNode[]): void {
  for (const node of nodes) {
    if (node.kind !== "Profile") continue;
    const profile = resolveProfileType(c, node);
    c.symbols.profiles.set(node.name.text, {
      file: c.fileIndex,
      span: node.name.span,
      profile,
      used: profile === null,
      deprecated: deprecationOf(node.doc),
    });
    c.declare(node.name, "profile", null);
  }
  for (const node of nodes) {
    if (node.kind !== "Cluster") continue;
    const profile = c.symbols.profiles.get(profileNameOf(node) ?? "")?.profile ?? null;
    c.symbols.clusters.set(node.name.text, { file: c.fileIndex, span: node.name.span, profile });
    c.declare(node.name, "cluster", { kind: "Cluster", profile });
  }
}

function declareCallables(c: Checker, nodes: readonly DeclarationNode[]): Declared {
  const declared: Declared = { actions: [], policies: [] };
  for (const node of nodes) {
    if (node.kind !== "Action" && node.kind !== "Policy") continue;
    const parameters = declareParameters(c, node.parameters);
    const name = node.name.text;
    const place: Place = { file: c.fileIndex, span: node.name.span };
    const deprecated = deprecationOf(node.doc);
    if (node.kind === "Policy") {
      c.symbols.policies.set(name, {
        ...place,
        parameters,
        defaults: defaultsOf(parameters),
        ...decisionsOf(node),
        deprecated,
      });
      c.declare(node.name, "policy", null);
      declared.policies.push({ node, parameters });
      continue;
    }
    const result = node.result === null ? null : resolveType(c, node.result);
    if (node.result !== null && result !== null)
      refuseSecret(c, node.result.span, result, "the action's result");
    declared.actions.push({ node, parameters, result });
    if (!c.inLibrary && /^(CLUSTER|NODE)_/.test(name)) {
      c.report("reserved-name", place.span, { name });
      continue;
    }
    c.symbols.actions.set(name, {
      place: c.inLibrary ? null : place,
      builtin: c.inLibrary,
      parameters,
      result,
      deprecated,
    });
    c.declare(node.name, "action", result);
  }
  return declared;
}

function defaultsOf(parameters: readonly DeclaredParameter[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    parameters.flatMap(({ plan }): [string, Value][] =>
      plan.default === undefined ? [] : [[plan.name, plan.default]],
    ),
  );
}

/** Warns of what nothing in the program names: policies and actions may be used from outside, these can't. */
function warnUnusedDeclarations(c: Checker): void {
  const warn = (
    kind: string,
    symbols: ReadonlyMap<string, { readonly file: number; readonly span: Span; readonly used: boolean }>,
  ) => {
    for (const [name, { file, span, used }] of symbols) {
      if (!used && file === c.fileIndex && !name.startsWith("_")) c.report("unused", span, { kind, name });
    }
  };
  warn("param", c.symbols.params);
  warn("enum", c.symbols.enums);
  warn("record", c.symbols.records);
  warn("secret", c.symbols.secrets);
  warn("profile", c.symbols.profiles);
}
