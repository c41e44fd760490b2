import { emptyWorld } from "../../grammar/evaluate/empty-world.ts";
import { evaluate, type Scope } from "../../grammar/evaluate/evaluate.ts";
import { EvaluationError } from "../../grammar/evaluate/evaluation-error.ts";
import type { Expression, Plan, Step, Value } from "../../grammar/plan.ts";
import type { PlanTest, RunStatement, TestStatement } from "../../grammar/plan-test.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { Position } from "../../grammar/spans.ts";
import type { World } from "../../grammar/world.ts";
import type { Failure } from "../../workflows/activities.ts";
import { explainExpectation } from "./explain-expectation.ts";
import { type CaseState, openCase } from "./test-case.ts";
import { give } from "./test-givens.ts";
import { performRun } from "./test-runs.ts";

/** What is wrong, where, and what was there instead. */
export interface TestProblem {
  readonly code:
    | "expectation-failed"
    | "run-failed"
    | "run-succeeded"
    | "other-end"
    | "other-message"
    | "bad-value";
  readonly message: string;
  readonly at: Position;
  /** The failure of the action itself, for a second source frame. */
  readonly failure?: Failure;
  /** Values of both sides, items that don't fit. */
  readonly details: readonly string[];
}

/** How one case of a test ended. */
export interface CaseOutcome {
  /** `null`: the test has no cases. */
  readonly case: string | null;
  readonly problems: readonly TestProblem[];
  /** Calls of the last run, one line each. */
  readonly calls: readonly string[];
  readonly realMs: number;
}

/** A test and what it runs against. */
export interface TestRequest {
  readonly plan: Plan;
  /** Of the plan's plugins, by hash. */
  readonly schemas: ReadonlyMap<string, PluginSchema>;
  readonly test: PlanTest;
  /** Is told of every step that begins, for coverage. */
  readonly step?: (step: Step) => void;
}

/** Runs a test, once for each of its cases, each in a world of its own. Never throws for what a program does. */
export async function runTest(q: TestRequest): Promise<readonly CaseOutcome[]> {
  const { cases } = q.test;
  if (cases === null) return [await runCase(q, null, [])];
  const items = evaluate(cases.list, { values: new Map(), parent: null }, emptyWorld) as readonly Value[];
  const outcomes: CaseOutcome[] = [];
  for (const item of items) outcomes.push(await runCase(q, JSON.stringify(item), [[cases.name, item]]));
  return outcomes;
}

async function runCase(
  q: TestRequest,
  name: string | null,
  values: readonly (readonly [string, Value])[],
): Promise<CaseOutcome> {
  const begun = performance.now();
  const state = openCase(q, values);
  const problems: TestProblem[] = [];
  for (const statement of q.test.statements) {
    try {
      const found = await perform(q, state, statement);
      if (found !== null) problems.push(found);
      if (found !== null && statement.kind === "run") break; // what follows would only repeat it
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      const at = isPlace(error.at) ? error.at : statement.at;
      problems.push({ code: "bad-value", message: error.message, at, details: [] });
      break;
    }
  }
  return { case: name, problems, calls: state.calls, realMs: performance.now() - begun };
}

async function perform(
  q: TestRequest,
  state: CaseState,
  statement: TestStatement,
): Promise<TestProblem | null> {
  switch (statement.kind) {
    case "let":
      state.scope.values.set(statement.name, state.value(statement.value));
      return null;
    case "run":
      return await performRun(q, state, statement satisfies RunStatement);
    case "expect":
      return expectation(state.scope, state.world(), statement.condition, statement.at);
    default:
      give(state, statement);
      return null;
  }
}

function expectation(scope: Scope, world: World, condition: Expression, at: Position): TestProblem | null {
  if (evaluate(condition, scope, world, at) === true) return null;
  const details = explainExpectation(condition, scope, world);
  return { code: "expectation-failed", message: "this does not hold", at, details };
}

/** An empty range is what `evaluate` blames when it knows no place. */
function isPlace({ line, column, endLine, endColumn }: Position): boolean {
  return line !== endLine || column !== endColumn;
}
