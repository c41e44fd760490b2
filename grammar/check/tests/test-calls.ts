import { suggest } from "../../diagnostics/suggest.ts";
import type { TestNodeRef } from "../../plan-test.ts";
import type { OperationSchema } from "../../plugin-schema.ts";
import type { GivenCallNode } from "../../syntax.ts";
import { duration, int, optional, string, type Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { own, profileTypeOf } from "../symbols.ts";
import { propertyType } from "../types/property-types.ts";
import { useSymbol } from "../uses.ts";
import type { TestContext } from "./test-blocks.ts";

/** What every node can be asked by an action, whatever its driver. */
const commonOperations = [
  "create",
  "delete",
  "update",
  "check",
  "recreate",
  "converge",
  "scale_vertically",
] as const;
/** What a policy type may say in a test; the contract's `PolicyDecision` has more. */
const policyDecision: Type = {
  kind: "Record",
  name: null,
  fields: {
    deny: optional(string),
    warn: optional(string),
    limit: optional(int),
    batch: optional({
      kind: "Record",
      name: null,
      fields: { size: int, pause: optional(duration), window: optional(int), rows: optional(int) },
    }),
  },
};

/** How the engine asks a driver, which a test doesn't see: it says `check` instead. */
const hiddenOperations: ReadonlySet<string> = new Set(["get", "find"]);

/** What a `given` is about: an operation of nodes or a plugin's function, and what it gives. `undefined` after a mistake. */
export function fakedCall(
  c: Checker,
  node: GivenCallNode,
  ref: TestNodeRef | null,
  context: TestContext,
): { readonly what: string; readonly result: Type | null } | undefined {
  return node.plugin === null ? operation(c, node, ref, context) : pluginFunction(c, node, node.plugin);
}

function operation(c: Checker, node: GivenCallNode, ref: TestNodeRef | null, context: TestContext) {
  const name = node.operation.text;
  const profiles = new Set<string>();
  for (const cluster of ref === null ? context.clusters.keys() : [ref.cluster]) {
    const profile = c.symbols.clusters.get(cluster)?.profile;
    if (profile === null || profile === undefined) return undefined; // reported where it is declared
    profiles.add(profile);
  }
  const offered = new Map<string, OperationSchema>(commonOperations.map((common) => [common, {}]));
  for (const profile of profiles) {
    for (const [key, schema] of Object.entries(profileTypeOf(c.symbols, profile)?.operations ?? {})) {
      if (!hiddenOperations.has(key)) offered.set(key, schema);
    }
  }
  const found = offered.get(name);
  if (found !== undefined) {
    const [profile] = [...profiles].filter((one) => own(profileTypeOf(c.symbols, one)?.operations, name));
    c.refer(node.operation.span, "operation", { builtin: `${profile ?? "Node"}.${name}` });
    return known(`node.${name}`, found);
  }
  const names = [...offered.keys()];
  const near = suggest(name, names);
  const of = profiles.size === 1 ? `a node of ${[...profiles].join()}` : "a node of this program";
  if (name !== "") {
    c.reportNear(near, "unknown-operation", node.operation.span, {
      of,
      name,
      names,
      help: near === undefined ? undefined : `did you mean "${near}"?`,
    });
  }
  return undefined;
}

function pluginFunction(c: Checker, node: GivenCallNode, alias: NonNullable<GivenCallNode["plugin"]>) {
  const name = node.operation.text;
  const plugin = c.symbols.plugins.get(alias.text);
  if (plugin === undefined) {
    const near = suggest(alias.text, c.symbols.plugins.keys());
    c.report("unknown-name", alias.span, {
      name: alias.text,
      why: "no plugin of this name",
      help: near === undefined ? undefined : `did you mean "${near}"?`,
    });
    return undefined;
  }
  if (plugin.schema === null) return undefined;
  const found = own(plugin.schema.functions, name);
  useSymbol(c, { span: alias.span, kind: "plugin", name: alias.text, symbol: plugin });
  if (found !== undefined) {
    c.refer(node.operation.span, "function", { builtin: `${alias.text}.${name}` });
    return known(`function "${alias.text}.${name}"`, found);
  }
  if (own(plugin.schema.policies, name) !== undefined) {
    c.refer(node.operation.span, "policy", { builtin: `${alias.text}.${name}` });
    return { what: `policy type "${alias.text}.${name}"`, result: policyDecision };
  }
  if (own(plugin.schema.notifiers, name) !== undefined) {
    c.refer(node.operation.span, "provided", { builtin: `${alias.text}.${name}` });
    return { what: `notifier "${alias.text}.${name}"`, result: null };
  }
  const { functions, policies = {}, notifiers = {} } = plugin.schema;
  const names = [functions, policies, notifiers].flatMap((things) => Object.keys(things));
  const near = suggest(name, names);
  c.reportNear(near, "unknown-function", node.operation.span, {
    of: `plugin "${alias.text}"`,
    name,
    names,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
  return undefined;
}

function known(what: string, schema: OperationSchema) {
  return { what, result: schema.result === undefined ? null : propertyType(schema.result) };
}
