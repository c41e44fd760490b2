import { suggest } from "../../diagnostics/suggest.ts";
import type { Grant, Json, PlanPlugin } from "../../plan.ts";
import type { PluginSchema, PropertySchemas } from "../../plugin-schema.ts";
import type { PluginNode, RecordNode, TextNode } from "../../syntax.ts";
import { string } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkConstant, evaluateConstant } from "../expressions/constants.ts";
import { distinctFields, reportUnknownField } from "../expressions/records.ts";
import { createBody, outerLocals } from "../locals.ts";
import { replacing } from "../replacing.ts";
import { own } from "../symbols.ts";
import { warnDeprecated } from "./deprecations.ts";
import { capabilities, exampleTarget, isTarget } from "./grant-targets.ts";
import { checkProperty, missingProperties } from "./properties.ts";

/** Finds a plugin's schema by the path that a program names, without running it; `from` is the path of the file that names it. */
export type PluginResolver = (
  path: string,
  from: string,
) => PluginSchema | { readonly error: string; readonly help?: string };

/** The schema of a plugin, `null` after a mistake. */
export function resolvePlugin(c: Checker, node: PluginNode, resolve: PluginResolver): PluginSchema | null {
  const path = plainText(node.from);
  if (path === undefined) return null;
  const found = resolve(path, c.path);
  if (!("error" in found)) return found;
  c.report("bad-plugin", node.from.span, { path, error: found.error, help: found.help });
  return null;
}

/** A text without interpolation; `undefined` where the parser has reported one. */
export function plainText(node: TextNode): string | undefined {
  if (node.parts.length === 0) return "";
  const [only] = node.parts;
  return node.parts.length === 1 && typeof only === "string" ? only : undefined;
}

/** One file's `plugin`, checked; which permissions are missing is known when all files are. */
export interface CheckedPlugin {
  readonly node: PluginNode;
  readonly schema: PluginSchema;
  readonly plan: PlanPlugin;
  /** Whether its `allow` lines have no mistake, which might be the missing permission. */
  readonly clear: boolean;
}

/** Checks what a plugin is allowed and how it is set, against its manifest. */
export function checkPlugin(c: Checker, node: PluginNode, schema: PluginSchema): CheckedPlugin {
  const { grants, clear } = checkGrants(c, node, schema);
  const plan = {
    path: plainText(node.from) ?? "",
    name: schema.name,
    version: schema.version,
    hash: schema.hash,
    tier: schema.tier,
    grants,
    settings: checkConstantProperties(c, node.settings, schema.settings, {
      of: `plugin "${node.name.text}"`,
      span: node.name.span,
      builtin: `${node.name.text}.with`,
    }),
    at: c.position(node.span),
  };
  return { node, schema, plan, clear };
}

/** Properties that are known when the program is compiled: a profile's, a plugin's settings. Defaults are filled in. */
export function checkConstantProperties(
  c: Checker,
  node: RecordNode | null,
  schemas: PropertySchemas,
  owner: { readonly of: string; readonly span: PluginNode["span"]; readonly builtin: string },
): Readonly<Record<string, Json>> {
  const properties: Record<string, Json> = {};
  const locals = outerLocals(createBody("constant", owner.of));
  const given = new Set<string>();
  for (const field of distinctFields(c, node?.fields ?? [])) {
    const name = field.name.text;
    const schema = own(schemas, name);
    given.add(name);
    if (schema === undefined) {
      reportUnknownField(c, field, owner.of, Object.keys(schemas));
      c.expression(field.value, locals);
      continue;
    }
    c.refer(field.name.span, "property", { builtin: `${owner.builtin}.${name}` });
    warnDeprecated(c, { what: `property "${name}"`, span: field.name.span, deprecated: schema.deprecated });
    let value: Json | undefined;
    const fine = c.clean(() => {
      value = evaluateConstant(c, field.value, checkProperty(c, field.value, locals, name, schema));
    });
    if (fine && value !== undefined) properties[name] = value;
  }
  const missing = missingProperties(schemas, given);
  const allKnown = [...given].every((name) => own(schemas, name) !== undefined);
  if (allKnown && missing.length > 0) c.report("missing-field", owner.span, { of: owner.of, names: missing });
  for (const [name, schema] of Object.entries(schemas)) {
    if (!given.has(name) && schema.default !== undefined) properties[name] = schema.default;
  }
  return properties;
}

function checkGrants(
  c: Checker,
  node: PluginNode,
  schema: PluginSchema,
): { readonly grants: readonly Grant[]; readonly clear: boolean } {
  const grants: Grant[] = [];
  let clear = true;
  for (const allow of node.allows) {
    const name = allow.capability.text;
    const capability = capabilities.find((candidate) => candidate === name);
    if (capability === undefined) {
      clear = false;
      const near = suggest(name, capabilities);
      const help = near === undefined ? `there are: ${capabilities.join(", ")}` : `did you mean "${near}"?`;
      if (name !== "")
        c.report("bad-capability", allow.capability.span, { name, problem: "is no permission", help });
      continue;
    }
    const example = exampleTarget(capability);
    if ((allow.target === null) !== (example === null)) {
      clear = false;
      const problem = example === null ? "has no target" : "does not say what";
      const help = example === null ? `write \`allow ${name}\`` : `write \`allow ${name} "${example}"\``;
      c.report("bad-capability", allow.span, { name, problem, help });
      continue;
    }
    const target = allow.target === null ? null : checkConstant(c, allow.target, string, "allow");
    if (typeof target !== "string" && target !== null) {
      clear = false;
      continue;
    }
    if (target !== null && !isTarget(capability, target)) {
      clear = false;
      const problem = `can't have the target "${target}"`;
      const help = `write one such as \`allow ${name} "${example}"\``;
      c.report("bad-capability", allow.target?.span ?? allow.span, { name, problem, help });
      continue;
    }
    grants.push({ capability, target });
    expectUnlocked(c, node, schema, { capability, target }, allow.span);
    const asked = schema.needs.some(
      (need) => need.capability === capability && (need.target === undefined || need.target === target),
    );
    // A wrong target of a permission that is needed shows as the missing one.
    const misdirected = schema.needs.some((need) => need.capability === capability);
    if (!asked && !misdirected)
      c.reportWith(replacing(allow.span, ""), "needless-grant", allow.span, {
        plugin: node.name.text,
        capability,
      });
  }
  return { grants, clear };
}

/** A lock beside the program says what may be allowed at all. */
function expectUnlocked(
  c: Checker,
  node: PluginNode,
  { name, granted }: PluginSchema,
  { capability, target }: Grant,
  span: PluginNode["span"],
): void {
  if (granted === undefined) return;
  const permission = target === null ? capability : `${capability} ${JSON.stringify(target)}`;
  if (granted.includes(capability) || granted.includes(permission)) return;
  c.report("unlocked-grant", span, {
    plugin: node.name.text,
    permission,
    locked: granted.length === 0 ? "nothing" : granted.join(", "),
    help: `if you agree: coppice plugin grant ${name} ${target === null ? capability : `${capability} '${target}'`}`,
  });
}

/** Reports what the plugin needs and nobody allows. */
export function reportMissingGrants(
  c: Checker,
  node: PluginNode,
  schema: PluginSchema,
  grants: readonly Grant[],
): void {
  for (const need of schema.needs) {
    const granted = grants.some(
      (grant) =>
        grant.capability === need.capability && (need.target === undefined || need.target === grant.target),
    );
    if (granted) continue;
    const known = capabilities.find((capability) => capability === need.capability);
    const target = need.target ?? (known === undefined ? null : exampleTarget(known));
    const line = target === null ? `allow ${need.capability}` : `allow ${need.capability} "${target}"`;
    c.report("missing-grant", node.name.span, { plugin: node.name.text, line, why: need.why });
  }
}
