import { suggest } from "../diagnostics/suggest.ts";
import type { PlanBinding, PlanCluster, Value } from "../plan.ts";
import type { ApplyNode, ClusterNode, ExpressionNode, FieldNode, ReferenceNode } from "../syntax.ts";
import { int, mapOf, string } from "../types.ts";
import { matchArguments } from "./arguments.ts";
import { checkWithin } from "./bounds.ts";
import type { Checker } from "./checker.ts";
import { checkConstant, closedValue, evaluateConstant } from "./constants.ts";
import { checkAs } from "./expect-type.ts";
import { createBody, outerLocals } from "./locals.ts";
import { distinctFields, reportUnknownField } from "./records.ts";
import { markUsed } from "./symbols.ts";
import { useSymbol } from "./uses.ts";

const fieldNames = ["profile", "size", "labels", "policies"] as const;

/** The profile that a cluster names; `undefined` where it names none that exists, which `checkCluster` reports. */
export function profileNameOf(node: ClusterNode): string | undefined {
  const value = node.fields.find((field) => field.name.text === "profile")?.value;
  return value?.kind === "Reference" ? value.name : undefined;
}

/** Checks a cluster against the profiles and policies that are declared. */
export function checkCluster(c: Checker, node: ClusterNode): PlanCluster {
  const of = `cluster "${node.name.text}"`;
  const given = distinctFields(c, node.fields);
  const fields = new Map(given.map((field) => [field.name.text, field]));
  for (const field of given) {
    if (!fieldNames.some((name) => name === field.name.text)) reportUnknownField(c, field, of, fieldNames);
  }
  const missing = ["profile", "size"].filter((name) => !fields.has(name));
  const allKnown = given.every((field) => fieldNames.some((name) => name === field.name.text));
  if (allKnown && missing.length > 0) c.report("missing-field", node.name.span, { of, names: missing });
  const labels = fields.get("labels");
  const values = labels === undefined ? {} : checkConstant(c, labels.value, mapOf(string), of);
  return {
    profile: checkProfileName(c, fields.get("profile")),
    ...checkSize(c, fields.get("size")),
    labels: (values ?? {}) as Readonly<Record<string, string>>, // checked to be a Map<String>
    policies: checkBindings(c, fields.get("policies")),
    at: c.position(node.span),
  };
}

function checkProfileName(c: Checker, field: FieldNode | undefined): string {
  if (field === undefined || field.value.kind === "Missing") return "";
  const { value } = field;
  if (value.kind !== "Reference") {
    c.report("misplaced-value", value.span, {
      what: "this value",
      help: "write the name of a profile: `profile: web`",
    });
    return "";
  }
  const symbol = c.symbols.profiles.get(value.name);
  if (symbol !== undefined) useSymbol(c, { span: value.span, kind: "profile", name: value.name, symbol });
  if (symbol === undefined && value.name !== "") {
    const near = suggest(value.name, c.symbols.profiles.keys());
    markUsed(c.symbols.profiles, near);
    c.report("unknown-name", value.span, {
      name: value.name,
      why: "no profile of this name",
      help: near === undefined ? `declare it: \`profile ${value.name} = …\`` : `did you mean "${near}"?`,
    });
  }
  return value.name;
}

function checkSize(
  c: Checker,
  field: FieldNode | undefined,
): Pick<PlanCluster, "size" | "minimum" | "maximum"> {
  const nothing = { size: 0, minimum: 0, maximum: null };
  if (field === undefined) return nothing;
  const node = field.value;
  const number = (part: ExpressionNode) => checkConstant(c, part, int, "size") as number | undefined; // checked to be an Int
  if (node.kind !== "Range") {
    const size = number(node);
    if (size !== undefined && size < 0) {
      c.report("bad-size", node.span, {
        problem: `a cluster of ${size} nodes cannot be`,
        help: "write 0 or more",
      });
    }
    return { ...nothing, size: size ?? 0 };
  }
  const from = number(node.from);
  const to = number(node.to);
  const start = node.start === null ? from : number(node.start);
  if (from === undefined || to === undefined || start === undefined) return nothing;
  if (from < 0) {
    c.report("bad-size", node.from.span, {
      problem: `the smallest size is ${from}`,
      help: "write 0 or more",
    });
  } else if (from > to) {
    const problem = `the smallest size ${from} is above the largest ${to}`;
    c.report(
      "bad-size",
      { start: node.from.span.start, end: node.to.span.end },
      { problem, help: `write ${to}..${from}` },
    );
  } else if (start < from || start > to) {
    const problem = `the size ${start} is outside of ${from}..${to}`;
    c.report("bad-size", node.start?.span ?? node.span, { problem, help: "change the size or the range" });
  }
  return { size: start, minimum: from, maximum: to };
}

function checkBindings(c: Checker, field: FieldNode | undefined): readonly PlanBinding[] {
  if (field === undefined || field.value.kind === "Missing") return [];
  if (field.value.kind !== "List") {
    c.report("misplaced-value", field.value.span, {
      what: "this value",
      help: "write a list: `policies: [careful]`",
    });
    return [];
  }
  return field.value.items.flatMap((item) => {
    const reference = item.kind === "Apply" ? item.callee : item;
    if (reference.kind === "Missing") return [];
    if (reference.kind !== "Reference") {
      c.report("misplaced-value", item.span, { what: "this value", help: "write the name of a policy" });
      return [];
    }
    return checkBinding(c, item, reference, item.kind === "Apply" ? item : null) ?? [];
  });
}

function checkBinding(
  c: Checker,
  item: ExpressionNode,
  reference: ReferenceNode,
  call: ApplyNode | null,
): PlanBinding | undefined {
  const { name } = reference;
  const policy = c.symbols.policies.get(name);
  if (policy === undefined) {
    const near = suggest(name, c.symbols.policies.keys());
    c.report("unknown-name", reference.span, {
      name,
      why: "no policy of this name",
      help: near === undefined ? `declare it: \`policy ${name} { … }\`` : `did you mean "${near}"?`,
    });
    return undefined;
  }
  useSymbol(c, { span: reference.span, kind: "policy", name, symbol: policy });
  const locals = outerLocals(createBody("constant", name));
  const nodes = new Map<string, ExpressionNode>();
  let given: ReturnType<typeof matchArguments> = {};
  const fine = c.clean(() => {
    given = matchArguments(c, {
      call: call ?? { kind: "Apply", span: item.span, callee: reference, arguments: [] },
      of: `policy "${name}"`,
      span: reference.span,
      locals,
      accepted: policy.parameters.map((parameter) => ({
        name: parameter.name,
        required: parameter.required,
        check: (node) => {
          nodes.set(parameter.name, node);
          const { expression } = checkAs(c, node, locals, parameter.type);
          const value = closedValue(expression);
          checkWithin(c, {
            span: node.span,
            name: parameter.name,
            type: parameter.type,
            bounds: parameter.bounds,
            value,
          });
          return expression;
        },
      })),
    });
  });
  if (!fine) return undefined;
  const values: [string, Value][] = [];
  for (const [key, expression] of Object.entries(given)) {
    const value = evaluateConstant(c, nodes.get(key) ?? reference, expression);
    if (value !== undefined) values.push([key, value]);
  }
  return {
    policy: name,
    arguments: { ...policy.defaults, ...Object.fromEntries(values) },
    enforce: { level: "deny" },
    at: c.position(item.span),
  };
}
