import { suggest } from "../../diagnostics/suggest.ts";
import { libraryFunctions } from "../../library/functions.ts";
import type { Shown, Value } from "../../plan.ts";
import type {
  ExpressionNode,
  IndexNode,
  LambdaNode,
  ListNode,
  MemberNode,
  NameNode,
  ReferenceNode,
  TextNode,
} from "../../syntax.ts";
import { int, listOf, never, none, secret, string, type Type, typeName, unknown } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { findLocal, type Locals, visibleNames } from "../locals.ts";
import { missingRunName } from "../tests/test-names.ts";
import { isData, joinTypes } from "../types/assignable.ts";
import { memberNames, memberType } from "../types/member-types.ts";
import { referRecordField } from "../types/record-fields.ts";
import { failed, type Typed } from "../types/typed.ts";
import { useSymbol } from "../uses.ts";
import { applyValue } from "./calls.ts";
import { checkCondition } from "./conditions.ts";
import { checkBareMember, checkEnumMember } from "./enum-members.ts";
import { checkAs, expectType } from "./expect-type.ts";
import { functionMeant } from "./function-habits.ts";
import { checkMatchExpression } from "./match-expressions.ts";
import { hasValue, narrowedLocals } from "./narrowing.ts";
import { checkBinary, checkUnary } from "./operators.ts";
import { checkRecord } from "./records.ts";
import { refuseSecret } from "./secret-flow.ts";

/** What `Checker.expression` does: one case for each kind of expression. */
export function checkExpression(
  c: Checker,
  node: ExpressionNode,
  locals: Locals,
  expected: Type | null,
): Typed {
  return c.deeper(node.span, () => checkNode(c, node, locals, expected), failed);
}

function checkNode(c: Checker, node: ExpressionNode, locals: Locals, expected: Type | null): Typed {
  switch (node.kind) {
    case "Literal":
      return literal(node.type === "None" ? none : { kind: node.type }, node.value);
    case "Text":
      return checkText(c, node, locals);
    case "Reference":
      return checkReference(c, node, locals, expected);
    case "Member":
      return checkMember(c, node, locals);
    case "Index":
      return checkIndex(c, node, locals);
    case "Apply":
      return applyValue(c, node, locals);
    case "List":
      return checkList(c, node, locals, expected);
    case "Record":
      return checkRecord(c, node, locals, expected);
    case "Lambda":
      return misplacedLambda(c, node);
    case "Unary":
      return checkUnary(c, node, locals);
    case "Binary":
      return checkBinary(c, node, locals, expected);
    case "Conditional": {
      const condition = checkCondition(c, node.condition, locals);
      const then = c.expression(
        node.then,
        narrowedLocals(locals, node.condition, true, "expression"),
        expected,
      );
      const otherwise = c.expression(
        node.otherwise,
        narrowedLocals(locals, node.condition, false, "expression"),
        expected,
      );
      const type = joinTypes(then.type, otherwise.type);
      if (type === undefined) {
        c.report("wrong-type", node.otherwise.span, {
          expected: typeName(then.type),
          found: typeName(otherwise.type),
          help: "let both branches give the same type",
        });
        return failed;
      }
      return {
        type,
        expression: {
          op: "if",
          condition,
          // biome-ignore lint/suspicious/noThenProperty: a plan's `if` has a `then`; plans are never awaited
          then: then.expression,
          otherwise: otherwise.expression,
        },
      };
    }
    case "MatchExpression":
      return checkMatchExpression(c, node, locals, expected);
    case "Enforced":
      c.report("misplaced-value", node.level.span, {
        what: "`enforce`",
        help: "only a cluster's list of policies has it: `policies: [careful enforce warn]`",
      });
      c.expression(node.of, locals);
      return failed;
    case "Range":
      c.report("misplaced-value", node.span, {
        what: "a range",
        help: "only a cluster's size has one: `size: 3 in 2..10`",
      });
      return failed;
    case "Missing":
      return failed;
  }
}

function literal(type: Type, value: Value): Typed {
  return { type, expression: { op: "literal", value } };
}

function checkText(c: Checker, node: TextNode, locals: Locals): Typed {
  const [only] = node.parts;
  if (node.parts.length === 0) return literal(string, "");
  if (node.parts.length === 1 && typeof only === "string") return literal(string, only);
  const parts = node.parts.map((part) => {
    if (typeof part === "string") return part;
    const typed = c.expression(part, locals);
    if (refuseSecret(c, part.span, typed.type, "a text")) return "";
    if (!isData(typed.type) && typed.type.kind !== "Cluster" && typed.type.kind !== "Node") {
      c.report("not-showable", part.span, { type: typeName(typed.type) });
    }
    return { show: typed.expression, as: shownAs(typed.type) };
  });
  return { type: string, expression: { op: "text", parts } };
}

function shownAs(type: Type): Shown {
  switch (type.kind) {
    case "Optional":
      return shownAs(type.of);
    case "Duration":
      return "duration";
    case "Size":
      return "size";
    case "Percent":
      return "percent";
    case "Time":
      return "time";
    case "Cluster":
      return "cluster";
    case "Node":
      return "node";
    case "List":
    case "Map":
    case "Record":
      return "json";
    default:
      return "plain";
  }
}

function checkReference(c: Checker, node: ReferenceNode, locals: Locals, expected: Type | null): Typed {
  const { name } = node;
  if (name === "") return failed;
  const local = findLocal(locals, name);
  if (local !== undefined) {
    local.used = true;
    c.refer(node.span, local.kind === "parameter" ? "parameter" : "local", {
      file: c.fileIndex,
      span: local.span,
    });
    return { type: local.type, expression: { op: "variable", name } };
  }
  const member = checkBareMember(c, node, expected);
  if (member !== undefined) return member;
  const param = c.symbols.params.get(name);
  if (param !== undefined) {
    useSymbol(c, { span: node.span, kind: "param", name, symbol: param });
    return param.value === undefined ? failed : literal(param.type, param.value);
  }
  const found = c.symbols.secrets.get(name);
  if (found !== undefined) {
    useSymbol(c, { span: node.span, kind: "secret", name, symbol: found });
    return { type: secret, expression: { op: "secret", name } };
  }
  const cluster = c.symbols.clusters.get(name);
  if (cluster !== undefined) {
    if (locals.body.place === "constant") {
      c.report("not-constant", node.span, { what: `cluster "${name}"` });
      return failed;
    }
    locals.body.clusters.add(name);
    useSymbol(c, { span: node.span, kind: "cluster", name, symbol: cluster });
    const type: Type = cluster.profile === null ? unknown : { kind: "Cluster", profile: cluster.profile };
    return { type, expression: { op: "cluster", name } };
  }
  reportUnknownName(c, node, locals, expected);
  return failed;
}

function reportUnknownName(c: Checker, node: ReferenceNode, locals: Locals, expected: Type | null): void {
  const { name } = node;
  const { symbols } = c;
  const declared = symbols.actions.has(name)
    ? "an action is called: write its arguments in parentheses"
    : symbols.plugins.has(name)
      ? "a plugin is no value: call one of its functions"
      : symbols.profiles.has(name)
        ? "a profile is no value: name it in a cluster"
        : symbols.policies.has(name)
          ? "a policy is no value: list it under a cluster's policies"
          : symbols.enums.has(name)
            ? "an enum is no value: write one of its members behind a dot"
            : missingRunName(locals, name);
  const candidates = [
    ...visibleNames(locals),
    ...symbols.params.keys(),
    ...symbols.secrets.keys(),
    ...symbols.clusters.keys(),
  ];
  const near = declared === undefined ? suggest(name, candidates) : undefined;
  const meant = near === undefined ? undefined : findLocal(locals, near);
  if (meant !== undefined) meant.used = true; // no second diagnostic that says it's unused
  if (near === undefined && declared === undefined && expected?.kind === "String") {
    const text = JSON.stringify(name);
    const fixes = [{ title: `write ${text}`, edits: [{ span: node.span, text }] }];
    c.reportWith({ fixes }, "unknown-name", node.span, {
      name,
      why: undefined,
      help: `a text stands between quotes: ${text}`,
    });
    return;
  }
  c.reportNear(near, "unknown-name", node.span, {
    name,
    why: declared,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
}

function checkMember(c: Checker, node: MemberNode, locals: Locals): Typed {
  const member = checkEnumMember(c, node, locals);
  if (member !== undefined) return member;
  const of = c.expression(node.of, locals);
  const name = node.name.text;
  if (of.type.kind === "Unknown" || name === "") return failed;
  const { type } = of;
  if (type.kind === "Optional") {
    c.report("maybe-none", node.of.span, { type: typeName(type.of) });
    return failed;
  }
  if (type.kind === "Any") {
    const fromProfile = node.of.kind === "Member" && node.of.name.text === "profile";
    c.report("unknown-shape", node.name.span, {
      help: fromProfile
        ? "say which profile it has: Cluster<plugin.profile_type> or Node<plugin.profile_type>"
        : `write .field("${name}") and convert the result: .as_string(), .as_int() …`,
    });
    return failed;
  }
  const found = memberType(c, type, name);
  if (found === undefined) {
    const names = memberNames(type);
    const instead = insteadOfField(c, type, name);
    const near = instead ?? suggest(name, names);
    const verb = instead === undefined ? "did you mean" : "write";
    c.reportNear(near, "unknown-field", node.name.span, {
      of: typeName(type),
      name,
      names,
      help: near === undefined ? undefined : `${verb} ${instead ?? `"${near}"?`}`,
    });
    return failed;
  }
  referField(c, node.name, type);
  const known = found.kind === "Optional" && hasValue(locals, node) ? found.of : found;
  return { type: known, expression: { op: "field", of: of.expression, name, at: c.position(node.span) } };
}

/** What was meant by a field that isn't one: a function without its parentheses, or the field of a list's items. */
function insteadOfField(c: Checker, of: Type, name: string): string | undefined {
  const habit = functionMeant(of.kind, name) ?? name;
  if (libraryFunctions.has(`${of.kind}.${habit}`)) return `${habit}()`;
  const ofItem = of.kind === "List" ? memberType(c, of.of, name) : undefined;
  return ofItem === undefined ? undefined : `map(each => each.${name})`;
}

/** Tells an editor where the field is declared, and warns of one that its plugin calls deprecated. */
function referField(c: Checker, name: NameNode, of: Type): void {
  if (of.kind === "Record" && of.name !== null) referRecordField(c, name, of.name);
  else if (of.kind === "Cluster" || of.kind === "Node")
    c.refer(name.span, "field", { builtin: `${of.kind}.${name.text}` });
}

function checkIndex(c: Checker, node: IndexNode, locals: Locals): Typed {
  const of = c.expression(node.of, locals);
  const { type } = of;
  if (type.kind === "Unknown") {
    c.expression(node.at, locals);
    return failed;
  }
  if (type.kind !== "List" && type.kind !== "Map") {
    c.expression(node.at, locals);
    if (type.kind === "Optional") c.report("maybe-none", node.of.span, { type: typeName(type.of) });
    else {
      c.report("wrong-type", node.of.span, {
        expected: "List or Map before [ ]",
        found: typeName(type),
        help: type.kind === "Any" ? "convert it first: `.as_list()` or `.as_map()`" : undefined,
      });
    }
    return failed;
  }
  const index = checkAs(c, node.at, locals, type.kind === "List" ? int : string);
  return {
    type: type.of,
    expression: { op: "index", of: of.expression, index: index.expression, at: c.position(node.span) },
  };
}

function checkList(c: Checker, node: ListNode, locals: Locals, expected: Type | null): Typed {
  const wanted = expected?.kind === "Optional" ? expected.of : expected;
  const hint = wanted?.kind === "List" ? wanted.of : null;
  const items = node.items.map((item) => ({ node: item, typed: c.expression(item, locals, hint) }));
  const expression = { op: "list" as const, items: items.map(({ typed }) => typed.expression) };
  if (wanted?.kind === "Key" || hint?.kind === "Key") {
    const key: Type = { kind: "Key" };
    for (const item of items) expectType(c, item.typed, key, item.node.span);
    return { type: key, expression };
  }
  if (hint !== null && hint.kind !== "Variable") {
    for (const item of items) expectType(c, item.typed, hint, item.node.span);
    return { type: listOf(hint), expression };
  }
  let type: Type = never;
  for (const item of items) {
    const joined = joinTypes(type, item.typed.type);
    if (joined === undefined) {
      c.report("wrong-type", item.node.span, {
        expected: typeName(type),
        found: typeName(item.typed.type),
        help: "all items of a list have one type",
      });
      return failed;
    }
    type = joined;
  }
  return { type: listOf(type), expression };
}

/** Functions check their own lambdas; anywhere else one means nothing. */
function misplacedLambda(c: Checker, node: LambdaNode): Typed {
  c.report("misplaced-value", node.span, {
    what: "a lambda",
    help: "it is an argument of functions such as `filter`, `map`, `count` and `sort`",
  });
  return failed;
}
