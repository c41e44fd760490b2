import type { Json, PlanBinding, PlanHook, PlanPlugin, PlanPolicy } from "../../plan.ts";
import type { PolicyTypeSchema, PropertySchema } from "../../plugin-schema.ts";
import type { ApplyNode, ExpressionNode, MemberNode } from "../../syntax.ts";
import { optional, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkLooseArguments, matchArguments } from "../expressions/arguments.ts";
import { evaluateConstant } from "../expressions/constants.ts";
import { createBody, outerLocals } from "../locals.ts";
import { acceptProperties } from "../statements/plugin-calls.ts";
import { propertyType } from "../types/property-types.ts";
import { parameterSchema } from "./parameter-schema.ts";
import { defaultPriority } from "./policies.ts";
import { providedBy } from "./provided.ts";

/** `fake.keep(least: 50%)` in a cluster's list: a policy type that a plugin provides, with its arguments. */
export function checkPluginBinding(
  c: Checker,
  q: {
    readonly item: ExpressionNode;
    readonly callee: MemberNode;
    readonly enforce: PlanBinding["enforce"];
  },
): PlanBinding | undefined {
  const { item, callee, enforce } = q;
  const call: ApplyNode =
    item.kind === "Apply" ? item : { kind: "Apply", span: item.span, callee, arguments: [] };
  const locals = outerLocals(createBody("constant", callee.name.text));
  const found = policyTypeOf(c, callee);
  if (found === undefined) {
    checkLooseArguments(c, call, locals);
    return undefined;
  }
  const policy = `${found.alias}.${callee.name.text}`;
  const nodes = new Map<string, ExpressionNode>();
  const accepted = acceptProperties(c, found.schema.arguments ?? {}, locals, policy).map((one) => ({
    ...one,
    check: (node: ExpressionNode) => {
      nodes.set(one.name, node);
      return one.check(node);
    },
  }));
  const span = callee.name.span;
  const values: Record<string, Json> = {};
  const fine = c.clean(() => {
    const given = matchArguments(c, { call, of: `policy type "${policy}"`, span, locals, accepted });
    for (const [name, expression] of Object.entries(given)) {
      const value = evaluateConstant(c, nodes.get(name) ?? callee, expression);
      if (value !== undefined) values[name] = value;
    }
  });
  if (!fine) return undefined;
  for (const [name, schema] of Object.entries(found.schema.arguments ?? {}))
    if (!Object.hasOwn(values, name) && schema.default !== undefined) values[name] = schema.default;
  return { policy, arguments: values, enforce, at: c.position(item.span) };
}

/** The policy type that is named; `undefined` after a mistake, which has been reported. */
function policyTypeOf(
  c: Checker,
  { of, name }: MemberNode,
): { readonly alias: string; readonly schema: PolicyTypeSchema } | undefined {
  if (of.kind !== "Reference") {
    c.report("misplaced-value", of.span, {
      what: "this value",
      help: "write the plugin's name before the dot",
    });
    return undefined;
  }
  const plugin = { text: of.name, span: of.span };
  const schema = providedBy(c, { plugin, name, kind: "policies" });
  return schema === undefined ? undefined : { alias: of.name, schema };
}

/** The policy that a plan has for a policy type: hooks that consult it. */
export function pluginPolicy(q: {
  readonly alias: string;
  readonly name: string;
  readonly schema: PolicyTypeSchema;
  readonly plugin: Pick<PlanPlugin, "at">;
}): PlanPolicy {
  const { alias, name, schema } = q;
  const { at } = q.plugin;
  const hooks = (["before", "after"] as const).flatMap((phase): PlanHook[] => {
    const actions = schema[phase] ?? (phase === "before" ? ["*"] : []);
    if (actions.length === 0) return [];
    const id = `${alias}.${name}.${phase}-1`;
    return [
      {
        id,
        phase,
        actions,
        priority: schema.priority ?? defaultPriority,
        when: null,
        body: [{ id: `${id}.1`, at, kind: "consult", plugin: alias, policy: name }],
        at,
      },
    ];
  });
  const parameters = Object.entries(schema.arguments ?? {}).map(([argument, of]) =>
    parameterOf(argument, of),
  );
  const type = { plugin: alias, name, attaches: schema.attaches === true };
  return { doc: schema.doc ?? null, parameters, hooks, type, at };
}

function parameterOf(name: string, schema: PropertySchema): PlanPolicy["parameters"][number] {
  const required = schema.required === true || schema.default !== undefined;
  const type = required ? propertyType(schema) : optional(propertyType(schema));
  const plain = { name, type: typeName(type), schema: parameterSchema(type) };
  return schema.default === undefined ? plain : { ...plain, default: schema.default };
}
