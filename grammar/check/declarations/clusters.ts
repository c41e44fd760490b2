import { suggest } from "../../diagnostics/suggest.ts";
import type { PlanCluster } from "../../plan.ts";
import type { ClusterNode, ExpressionNode, FieldNode } from "../../syntax.ts";
import { int, mapOf, string } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkConstant } from "../expressions/constants.ts";
import { distinctFields, reportUnknownField } from "../expressions/records.ts";
import { replacing } from "../replacing.ts";
import { markUsed } from "../symbols.ts";
import { useSymbol } from "../uses.ts";
import { checkBindings } from "./bindings.ts";
import { checkOverrides } from "./overrides.ts";
import { plainText } from "./plugins.ts";

const fieldNames = ["profile", "size", "labels", "policies", "actions"] as const;

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
  const profile = checkProfileName(c, fields.get("profile"));
  const values = labels === undefined ? {} : checkConstant(c, labels.value, mapOf(string), of);
  const overrides = checkOverrides(c, fields.get("actions"), profile);
  return {
    profile,
    ...checkSize(c, fields.get("size")),
    labels: (values ?? {}) as Readonly<Record<string, string>>, // checked to be a Map<String>
    policies: checkBindings(c, fields.get("policies"), profile),
    ...(Object.keys(overrides).length > 0 && { overrides }),
    at: c.position(node.span),
  };
}

function checkProfileName(c: Checker, field: FieldNode | undefined): string {
  if (field === undefined || field.value.kind === "Missing") return "";
  const { value } = field;
  if (value.kind !== "Reference") {
    const quoted = value.kind === "Text" ? plainText(value) : undefined;
    const known = quoted !== undefined && c.symbols.profiles.has(quoted) ? quoted : undefined;
    markUsed(c.symbols.profiles, known);
    c.reportWith(replacing(value.span, known), "misplaced-value", value.span, {
      what: known === undefined ? "this value" : "a text",
      help: `write the name of a profile: \`profile: ${known ?? "web"}\``,
    });
    return "";
  }
  const symbol = c.symbols.profiles.get(value.name);
  if (symbol !== undefined) useSymbol(c, { span: value.span, kind: "profile", name: value.name, symbol });
  if (symbol === undefined && value.name !== "") {
    const near = suggest(value.name, c.symbols.profiles.keys());
    markUsed(c.symbols.profiles, near);
    c.reportNear(near, "unknown-name", value.span, {
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
    const span = { start: node.from.span.start, end: node.to.span.end };
    const swapped = `${to}..${from}`;
    c.reportWith(replacing(span, swapped), "bad-size", span, { problem, help: `write ${swapped}` });
  } else if (start < from || start > to) {
    const problem = `the size ${start} is outside of ${from}..${to}`;
    c.report("bad-size", node.start?.span ?? node.span, { problem, help: "change the size or the range" });
  }
  return { size: start, minimum: from, maximum: to };
}
