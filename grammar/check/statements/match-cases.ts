import { showValue } from "../../evaluate/show-value.ts";
import type { Value } from "../../plan.ts";
import type { Span } from "../../spans.ts";
import type { ExpressionNode, MatchCaseNode } from "../../syntax.ts";
import { type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkConstant } from "../expressions/constants.ts";
import { narrowLocal } from "../expressions/narrowing.ts";
import { refuseSecret } from "../expressions/secret-flow.ts";
import { innerLocals, type Locals } from "../locals.ts";
import { replacing, without } from "../replacing.ts";

/** What the cases of a `match` stand for: the values of each, `null` for `else`. */
export type CaseValues = readonly (readonly Value[] | null)[];

/**
 * Checks the patterns of a `match` against its subject: each value once, and all of them, or an `else`. `keyword` is the
 * place of the word `match`. Cases with a mistake have no values; they never make the match seem incomplete.
 */
export function checkCases(
  c: Checker,
  q: {
    readonly keyword: Span;
    readonly subject: ExpressionNode;
    readonly type: Type;
    readonly cases: readonly MatchCaseNode<unknown>[];
    /** Where another case may be written, for one whose body may be empty. */
    readonly end: Span | null;
  },
): CaseValues {
  const plain = q.type.kind === "Optional" ? q.type.of : q.type;
  if (!isMatchable(plain)) {
    if (!refuseSecret(c, q.subject.span, q.type, "a match") && plain.kind !== "Unknown") {
      c.report("wrong-type", q.subject.span, {
        expected: "an enum, Bool, Int or String",
        found: typeName(q.type),
        help: "match a part of it, or use `if`",
      });
    }
    return q.cases.map((one) => (one.patterns.length === 0 ? null : []));
  }
  const seen = new Map<Value, Span>();
  let otherwise: Span | null = null;
  let clear = true;
  const values = q.cases.map((one) => {
    if (otherwise !== null) {
      const span = one.patterns[0]?.span ?? keywordOf(one.span);
      c.reportWith(
        { notes: [{ span: otherwise, message: "takes all that is left" }] },
        "repeated-case",
        span,
        {
          value: one.patterns.length === 0 ? "else" : "this case",
        },
      );
      return [];
    }
    if (one.patterns.length === 0) {
      otherwise = keywordOf(one.span);
      return null;
    }
    return one.patterns.flatMap((pattern, index) => {
      const value = patternValue(c, pattern, q.type);
      if (value === undefined) {
        clear = false;
        return [];
      }
      const before = seen.get(value);
      if (before === undefined) {
        seen.set(value, pattern.span);
        return [value];
      }
      const fixes = one.patterns.length > 1 ? without(one.patterns, index) : replacing(one.span, "");
      c.reportWith(
        { notes: [{ span: before, message: "matched here before" }], ...fixes },
        "repeated-case",
        pattern.span,
        {
          value: showPattern(value, plain),
        },
      );
      return [];
    });
  });
  const all = allValues(q.type);
  const missing = all?.filter((value) => !seen.has(value));
  if (!clear) return values;
  if (otherwise === null && (missing === undefined || missing.length > 0)) {
    const names = missing?.map((value) => showPattern(value, plain)) ?? ["else"];
    const text = names.map((name) => `\n${name} => { }`).join("");
    const fix = q.end === null ? [] : [{ title: `add ${names.join(", ")}`, edits: [{ span: q.end, text }] }];
    c.reportWith({ fixes: fix }, "not-exhaustive", q.keyword, {
      type: typeName(q.type),
      missing: missing?.map((value) => showPattern(value, plain)) ?? null,
    });
  } else if (otherwise !== null && missing?.length === 0) {
    const node = q.cases.find((one) => one.patterns.length === 0);
    c.reportWith(
      replacing(node?.span ?? q.keyword, node === undefined ? undefined : ""),
      "needless-else",
      otherwise,
      { type: typeName(q.type) },
    );
  }
  return values;
}

/** Behind a case without `none`, a local that was matched has a value; behind `else`, too, when `none` had a case. */
export function caseLocals(
  locals: Locals,
  subject: ExpressionNode,
  values: CaseValues,
  index: number,
): Locals {
  const own = values[index];
  const wasNone = values.slice(0, index).some((one) => one?.includes(null));
  const present = own === null ? wasNone : own !== undefined && own.length > 0 && !own.includes(null);
  if (subject.kind !== "Reference" || !present) return locals;
  const inner = innerLocals(locals);
  narrowLocal(inner, subject.name);
  return inner;
}

function keywordOf(span: Span): Span {
  return { start: span.start, end: span.start + "else".length };
}

function isMatchable(type: Type): boolean {
  return type.kind === "Enum" || type.kind === "Bool" || type.kind === "Int" || type.kind === "String";
}

/** A member's name alone is always the member here: patterns are constants, so no local can be meant. */
function patternValue(c: Checker, node: ExpressionNode, type: Type): Value | undefined {
  const plain = type.kind === "Optional" ? type.of : type;
  if (plain.kind === "Enum" && node.kind === "Reference" && plain.members.includes(node.name)) {
    return node.name;
  }
  return checkConstant(c, node, type, "match");
}

/** All that a value may be; `undefined` where they cannot be listed. */
function allValues(type: Type): readonly Value[] | undefined {
  switch (type.kind) {
    case "Enum":
      return type.members;
    case "Bool":
      return [true, false];
    case "Optional": {
      const values = allValues(type.of);
      return values === undefined ? undefined : [...values, null];
    }
    default:
      return undefined;
  }
}

function showPattern(value: Value, type: Type): string {
  return typeof value === "string" && type.kind === "String"
    ? JSON.stringify(value)
    : showValue(value, "plain");
}
