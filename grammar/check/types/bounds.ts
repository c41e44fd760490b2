import { showValue } from "../../evaluate/show-value.ts";
import type { Shown, Value } from "../../plan.ts";
import type { Span } from "../../spans.ts";
import type { TypeNode } from "../../syntax.ts";
import { type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkConstant } from "../expressions/constants.ts";
import { replacing } from "../replacing.ts";
import type { Bounds } from "../symbols.ts";
import { resolveUnbounded } from "./type-nodes.ts";

const shown = {
  Int: "plain",
  Float: "plain",
  Duration: "duration",
  Size: "size",
  Percent: "percent",
} as const satisfies Record<string, Shown>;

/** The type of a param or parameter with its bounds: `Int in 1..100`. */
export function resolveBounded(
  c: Checker,
  node: TypeNode,
): { readonly type: Type; readonly bounds: Bounds | null } {
  const type = resolveUnbounded(c, node);
  const { within } = node;
  if (within === null || type.kind === "Unknown") return { type, bounds: null };
  const plain = type.kind === "Optional" ? type.of : type;
  if (!Object.hasOwn(shown, plain.kind)) {
    c.report("bad-bounds", within.span, {
      problem: `${typeName(plain)} has no bounds`,
      help: "only Int, Float, Duration, Size and Percent have",
    });
    return { type, bounds: null };
  }
  const minimum = checkConstant(c, within.from, plain, "bounds");
  const maximum = checkConstant(c, within.to, plain, "bounds");
  if (typeof minimum !== "number" || typeof maximum !== "number") return { type, bounds: null };
  if (minimum > maximum) {
    const { from, to } = within;
    const swapped = `${show(type, maximum)}..${show(type, minimum)}`;
    c.reportWith(
      replacing({ start: from.span.start, end: to.span.end }, swapped),
      "bad-bounds",
      within.span,
      {
        problem: `the smallest value ${show(type, minimum)} is above the largest ${show(type, maximum)}`,
        help: `write ${swapped}`,
      },
    );
    return { type, bounds: null };
  }
  return { type, bounds: { minimum, maximum } };
}

/** Reports a known value outside of its parameter's bounds; `name` is the parameter's. */
export function checkWithin(
  c: Checker,
  q: {
    readonly span: Span;
    readonly name: string;
    readonly type: Type;
    readonly bounds: Bounds | null;
    readonly value: Value | undefined;
  },
): void {
  const { bounds, value, type } = q;
  if (bounds === null || typeof value !== "number") return;
  if (value >= bounds.minimum && value <= bounds.maximum) return;
  c.report("out-of-range", q.span, {
    name: q.name,
    value: show(type, value),
    allowed: `${show(type, bounds.minimum)} to ${show(type, bounds.maximum)}`,
  });
}

function show(type: Type, value: number): string {
  const { kind } = type.kind === "Optional" ? type.of : type;
  return showValue(value, Object.hasOwn(shown, kind) ? shown[kind as keyof typeof shown] : "plain");
}
