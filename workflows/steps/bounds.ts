import { showValue } from "../../grammar/evaluate/show-value.ts";
import type { PlanParameter, Shown, Value } from "../../grammar/plan.ts";
import { RunFailure } from "../run-failure.ts";

/** Fails with `out-of-range` when an argument is outside of what its parameter allows: `Int in 1..100`. */
export function expectInBounds(action: string, parameter: PlanParameter, value: Value): void {
  const { bounds, name } = parameter;
  if (bounds === undefined || typeof value !== "number") return;
  if (value >= bounds.minimum && value <= bounds.maximum) return;
  const [given, minimum, maximum] = [value, bounds.minimum, bounds.maximum].map((number) =>
    showValue(number, shownAs(parameter.type)),
  );
  throw new RunFailure({
    code: "out-of-range",
    message: `${action}: ${name} is ${given}, outside of ${minimum}..${maximum}`,
  });
}

function shownAs(type: string): Shown {
  const name = type
    .replace(/\?$/, "")
    .replace(/ in .*$/, "")
    .toLowerCase();
  return name === "duration" || name === "size" || name === "percent" ? name : "plain";
}
