import type { ApplyNode, ReferenceNode } from "../../syntax.ts";
import { string, time } from "../../types.ts";
import type { Checker } from "../checker.ts";
import type { Locals } from "../locals.ts";
import { failed, type Typed } from "../types/typed.ts";
import { matchArguments } from "./arguments.ts";
import { checkConstant } from "./constants.ts";

/** Functions without a receiver; an action or a local of the same name hides them. */
export const freeFunctions = ["now", "time"] as const;

/** `now()`, `time("2026-11-27 18:00")`; `undefined` for any other name. */
export function checkTimeCall(
  c: Checker,
  node: ApplyNode,
  callee: ReferenceNode,
  locals: Locals,
): Typed | undefined {
  const { name, span } = callee;
  if (name === "now") {
    c.refer(span, "function", { builtin: "now" });
    matchArguments(c, { call: node, of: 'function "now"', span, accepted: [], locals });
    if (locals.body.place !== "constant") return { type: time, expression: { op: "now" } };
    c.report("not-constant", span, { what: "the time" });
    return failed;
  }
  if (name !== "time") return undefined;
  c.refer(span, "function", { builtin: "time" });
  let milliseconds: number | undefined;
  matchArguments(c, {
    call: node,
    of: 'function "time"',
    span,
    locals,
    accepted: [
      {
        name: "text",
        required: true,
        check: (argument) => {
          const text = checkConstant(c, argument, string, 'function "time"');
          if (typeof text !== "string") return failed.expression;
          milliseconds = parseTime(text);
          if (milliseconds === undefined) c.report("bad-time", argument.span, { text });
          return { op: "literal", value: text };
        },
      },
    ],
  });
  if (milliseconds === undefined) return failed;
  return { type: time, expression: { op: "literal", value: milliseconds } };
}

/** `2026-11-27`, `2026-11-27 18:00`, `2026-11-27 18:00:30`, also with a `T` between: milliseconds since 1970, in UTC. */
export function parseTime(text: string): number | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?Z?$/.exec(text.trim());
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(milliseconds); // no clock: only the calendar
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && year > 99 && hour < 24 && minute < 60 && second < 60 ? milliseconds : undefined;
}
