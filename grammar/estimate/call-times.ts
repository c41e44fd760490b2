import type { CallClauses, Expression } from "../plan.ts";
import { type EstimatedPlan, type Known, knowExpression, knownNumber, type Names } from "./known-values.ts";

const defaultTimeout = 10 * 60_000;
const defaultPause = 1_000;

/** How long a call may take, its repeats included, when `waves` of such calls follow each other. */
export function callMilliseconds(
  plan: EstimatedPlan,
  step: CallClauses,
  names: Names,
  waves: number,
): number {
  const of = (expression: Expression | null, otherwise: number) =>
    expression === null ? otherwise : millisecondsOf(knowExpression(plan, expression, names));
  const timeout = of(step.timeout, defaultTimeout);
  if (step.retry === null) return timeout * waves;
  const count = Math.max(0, of(step.retry.count, 0));
  if (!Number.isFinite(count)) return Infinity;
  const every = of(step.retry.every, defaultPause);
  const upTo = of(step.retry.upTo, every);
  return (timeout * (count + 1) + pauses(count, every, upTo)) * waves;
}

/** Pauses that double up to a bound: those below it one by one, the others at once. */
function pauses(count: number, every: number, upTo: number): number {
  let sum = 0;
  let pause = every;
  let left = count;
  for (; left > 0 && pause < upTo; left--) {
    sum += pause;
    pause *= 2;
  }
  return sum + left * Math.max(every, upTo);
}

/** The longest that a duration may be; Infinity where that is not known. */
export function millisecondsOf(value: Known): number {
  return Math.max(0, knownNumber(value).most);
}
