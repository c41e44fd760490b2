import { showValue } from "../../grammar/evaluate/show-value.ts";
import type { PlanParameter, Shown, Value } from "../../grammar/plan.ts";
import { RunFailure } from "../run-failure.ts";

/** Fails with `out-of-range` when an argument is outside of what its parameter allows: `Int in 1..100`. */
export function expectInBounds(action: string, parameter: PlanParameter, value: Value): void {
  const problem = boundsProblem(parameter, value);
  if (problem === null) return;
  throw new RunFailure({ code: "out-of-range", message: `${action}: ${parameter.name} ${problem}` });
}

/** `is 7, outside of 1..5`; `null` when it is within, or has no bounds. */
export function boundsProblem(parameter: PlanParameter, value: Value): string | null {
  const { bounds, type } = parameter;
  if (bounds === undefined || typeof value !== "number") return null;
  if (value >= bounds.minimum && value <= bounds.maximum) return null;
  const [given, minimum, maximum] = [value, bounds.minimum, bounds.maximum].map((number) =>
    showValue(number, shownAs(type)),
  );
  return `is ${given}, outside of ${minimum}..${maximum}`;
}

function shownAs(type: string): Shown {
  const name = type
    .replace(/\?$/, "")
    .replace(/ in .*$/, "")
    .toLowerCase();
  return name === "duration" || name === "size" || name === "percent" ? name : "plain";
}
