import { suggest } from "../../diagnostics/suggest.ts";
import type { Enforcement, PlanBinding, Value } from "../../plan.ts";
import type { EnforcedNode, ExpressionNode, FieldNode, ReferenceNode } from "../../syntax.ts";
import { string, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { matchArguments } from "../expressions/arguments.ts";
import { closedValue, evaluateConstant } from "../expressions/constants.ts";
import { checkAs } from "../expressions/expect-type.ts";
import { knownWord } from "../expressions/unknown-word.ts";
import { createBody, outerLocals } from "../locals.ts";
import { replacing } from "../replacing.ts";
import { own, type PolicySymbol, profileTypeOf } from "../symbols.ts";
import { isAssignable } from "../types/assignable.ts";
import { checkWithin } from "../types/bounds.ts";
import { propertyType } from "../types/property-types.ts";
import { useSymbol } from "../uses.ts";
import { checkPluginBinding } from "./plugin-bindings.ts";
import { plainText } from "./plugins.ts";
import { checkRole } from "./roles.ts";

/** The policies that a cluster of this profile lists, with their arguments and how strictly each is taken. */
export function checkBindings(
  c: Checker,
  field: FieldNode | undefined,
  profile: string,
): readonly PlanBinding[] {
  if (field === undefined || field.value.kind === "Missing") return [];
  if (field.value.kind !== "List") {
    c.report("misplaced-value", field.value.span, {
      what: "this value",
      help: "write a list: `policies: [careful]`",
    });
    return [];
  }
  return field.value.items.flatMap((listed) => {
    const item = listed.kind === "Enforced" ? listed.of : listed;
    const reference = item.kind === "Apply" ? item.callee : item;
    if (reference.kind === "Missing") return [];
    if (reference.kind === "Member") {
      const enforce = listed.kind === "Enforced" ? checkEnforcement(c, listed, undefined) : denies;
      return checkPluginBinding(c, { item, callee: reference, enforce }) ?? [];
    }
    if (reference.kind !== "Reference") {
      const quoted = reference.kind === "Text" ? plainText(reference) : undefined;
      const known = quoted !== undefined && c.symbols.policies.has(quoted) ? quoted : undefined;
      c.reportWith(replacing(reference.span, known), "misplaced-value", item.span, {
        what: known === undefined ? "this value" : "a text",
        help: `write the name of a policy${known === undefined ? "" : `: \`${known}\``}`,
      });
      return [];
    }
    const policy = c.symbols.policies.get(reference.name);
    const enforce = listed.kind === "Enforced" ? checkEnforcement(c, listed, policy) : denies;
    if (policy !== undefined) checkPlaces(c, { policy, reference, profile });
    return checkBinding(c, { item, reference, enforce }) ?? [];
  });
}

const denies: Enforcement = { level: "deny" };

/** `enforce warn`, `enforce deny unless admin` */
function checkEnforcement(c: Checker, node: EnforcedNode, policy: PolicySymbol | undefined): Enforcement {
  const level = knownWord(c, node.level, "level of enforcement", ["warn", "deny"]);
  if (node.unless !== null) checkRole(c, node.unless);
  if (level === "warn" && node.unless !== null) {
    const behind = { start: node.level.span.end, end: node.unless.span.end };
    c.reportWith(replacing(behind, ""), "bad-enforcement", node.unless.span, {
      problem: "a policy that only warns needs nobody's override",
      help: `remove \`unless\`, or write \`enforce deny unless ${node.unless.text}\``,
    });
  } else if (policy !== undefined && !policy.denies) {
    const behind = { start: node.of.span.end, end: node.span.end };
    const name = node.of.kind === "Apply" ? node.of.callee : node.of;
    c.reportWith(replacing(behind, ""), "needless-enforcement", node.level.span, {
      policy: name.kind === "Reference" ? name.name : "",
    });
  }
  if (level === "warn") return { level };
  return node.unless === null ? denies : { level: "deny-unless", role: node.unless.text };
}

/** What the policy places nodes by must be a property of this cluster's profile, and a String. */
function checkPlaces(
  c: Checker,
  q: { readonly policy: PolicySymbol; readonly reference: ReferenceNode; readonly profile: string },
): void {
  const type = c.symbols.profiles.get(q.profile)?.profile;
  const schema = type === undefined || type === null ? undefined : profileTypeOf(c.symbols, type);
  if (schema === undefined || type === undefined || type === null) return;
  for (const placed of q.policy.places) {
    const place = placed.replace(/\.\*$/, "");
    const property = own(schema.properties, place);
    const names = Object.keys(schema.properties);
    const message = `it places nodes by "${place}"`;
    const notes = q.policy.file < 0 ? [] : [{ file: q.policy.file, span: q.policy.span, message }];
    if (property === undefined) {
      const near = suggest(place, names);
      c.reportWith({ notes }, "unknown-field", q.reference.span, {
        of: type,
        name: place,
        names,
        help: near === undefined ? "list it under clusters of another profile" : `did you mean "${near}"?`,
      });
    } else if (place === placed && !isAssignable(string, propertyType(property))) {
      c.reportWith({ notes }, "wrong-type", q.reference.span, {
        expected: `"${place}" of ${type} to be a String`,
        found: typeName(propertyType(property)),
        help: "place nodes by a property that is a text, such as a zone",
      });
    }
  }
}

function checkBinding(
  c: Checker,
  q: { readonly item: ExpressionNode; readonly reference: ReferenceNode; readonly enforce: Enforcement },
): PlanBinding | undefined {
  const { item, reference, enforce } = q;
  const { name } = reference;
  const policy = c.symbols.policies.get(name);
  if (policy === undefined) {
    const near = suggest(name, c.symbols.policies.keys());
    c.reportNear(near, "unknown-name", reference.span, {
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
      call:
        item.kind === "Apply" ? item : { kind: "Apply", span: item.span, callee: reference, arguments: [] },
      of: `policy "${name}"`,
      span: reference.span,
      locals,
      accepted: policy.parameters.map((parameter) => ({
        name: parameter.name,
        required: parameter.required,
        ...(parameter.span === null ? {} : { target: { file: policy.file, span: parameter.span } }),
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
    enforce,
    at: c.position(item.span),
  };
}
