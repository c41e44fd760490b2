import { suggest } from "../../diagnostics/suggest.ts";
import type { TypeNode } from "../../syntax.ts";
import { listOf, mapOf, optional, simpleTypes, type Type, unknown } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { markUsed, own } from "../symbols.ts";
import { useSymbol } from "../uses.ts";

const constructors = ["List", "Map", "Cluster", "Node"] as const;

/** The type that a program writes: `List<String>?`, `Cluster<docker.container>`. Reports names that mean nothing. */
export function resolveType(c: Checker, node: TypeNode): Type {
  if (node.within !== null) {
    c.report("misplaced-value", node.within.span, {
      what: "a range",
      help: "only the type of a param or of a parameter has bounds",
    });
  }
  return resolveUnbounded(c, node);
}

/** As `resolveType`; the bounds are for the caller. */
export function resolveUnbounded(c: Checker, node: TypeNode): Type {
  const type = c.deeper(node.span, () => resolvePlain(c, node), unknown);
  return node.optional ? optional(type) : type;
}

function resolvePlain(c: Checker, node: TypeNode): Type {
  const name = node.name.text;
  if (name === "") return unknown;
  if (node.plugin !== null) {
    c.report("type-arguments", node.span, {
      name: `${node.plugin.text}.${name}`,
      wanted: `Cluster<${node.plugin.text}.${name}> or Node<${node.plugin.text}.${name}>`,
    });
    return unknown;
  }
  const [first] = node.of;
  switch (name) {
    case "List":
    case "Map":
      if (first === undefined || node.of.length !== 1) return wrongArguments(c, node, `${name}<String>`);
      return name === "List" ? listOf(resolveType(c, first)) : mapOf(resolveType(c, first));
    case "Cluster":
    case "Node":
      if (node.of.length > 1) return wrongArguments(c, node, `${name} or ${name}<docker.container>`);
      return resolveReference(c, first, name);
  }
  const simple = simpleTypes.find((candidate) => candidate === name);
  const record = simple === undefined ? c.symbols.records.get(name) : undefined;
  const declared = simple === undefined ? c.symbols.enums.get(name) : undefined;
  if (simple === undefined && record === undefined && declared === undefined) {
    const own = [...c.symbols.records.keys(), ...c.symbols.enums.keys()];
    const near = suggest(name, [...simpleTypes, ...constructors, ...own]);
    markUsed(c.symbols.records, near);
    markUsed(c.symbols.enums, near);
    c.reportNear(near, "unknown-type", node.name.span, {
      name,
      help: near === undefined ? `declare it: \`record ${name} { … }\`` : `did you mean "${near}"?`,
    });
    return unknown;
  }
  const { span } = node.name;
  if (record !== undefined) useSymbol(c, { span, kind: "record", name, symbol: record });
  if (declared !== undefined) useSymbol(c, { span, kind: "enum", name, symbol: declared });
  if (node.of.length > 0) return wrongArguments(c, node, name);
  return simple === undefined ? (record?.type ?? declared?.type ?? unknown) : { kind: simple };
}

function wrongArguments(c: Checker, node: TypeNode, wanted: string): Type {
  c.report("type-arguments", node.span, { name: node.name.text, wanted });
  return unknown;
}

/** Without angle brackets: of any profile. */
function resolveReference(c: Checker, of: TypeNode | undefined, kind: "Cluster" | "Node"): Type {
  if (of === undefined) return { kind, profile: null };
  const profile = resolveProfile(c, of, kind);
  return profile === null ? unknown : { kind, profile };
}

/** `docker.container` between the angle brackets; `null` once a mistake has been reported. */
function resolveProfile(c: Checker, node: TypeNode, of: "Cluster" | "Node"): string | null {
  if (node.plugin === null) {
    if (node.name.text !== "") {
      const wanted = c.symbols.profiles.get(node.name.text)?.profile;
      wrongArguments(c, node, `${of}<${wanted ?? "plugin.profile_type"}>`);
    }
    return null;
  }
  const plugin = c.symbols.plugins.get(node.plugin.text);
  if (plugin === undefined) {
    const near = suggest(node.plugin.text, c.symbols.plugins.keys());
    c.reportNear(near, "unknown-name", node.plugin.span, {
      name: node.plugin.text,
      why: "no plugin of this name",
      help: near === undefined ? undefined : `did you mean "${near}"?`,
    });
    return null;
  }
  useSymbol(c, { span: node.plugin.span, kind: "plugin", name: node.plugin.text, symbol: plugin });
  if (plugin.schema === null) return null;
  if (own(plugin.schema.profiles, node.name.text) === undefined) {
    const names = Object.keys(plugin.schema.profiles);
    const near = suggest(node.name.text, names);
    c.reportNear(near, "unknown-profile-type", node.name.span, {
      plugin: node.plugin.text,
      name: node.name.text,
      names,
      help: near === undefined ? undefined : `did you mean "${near}"?`,
    });
    return null;
  }
  const profile = `${node.plugin.text}.${node.name.text}`;
  c.refer(node.name.span, "profile-type", { builtin: profile });
  return profile;
}
