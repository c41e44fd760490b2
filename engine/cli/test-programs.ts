import type { PlanFile } from "../../grammar/plan.ts";
import { planFile } from "../../grammar/plan-files.ts";
import type { PlanTest } from "../../grammar/plan-test.ts";
import { Coverage, type FileCoverage } from "../local/coverage.ts";
import { type CaseOutcome, runTest } from "../local/run-test.ts";
import { checkProgram } from "./check-program.ts";
import { readProgram } from "./read-program.ts";

/** What came of one program's tests. */
export interface ProgramResult {
  readonly path: string;
  /** Errors of the program itself, for people; then none of its tests ran. */
  readonly errors: string | null;
  readonly diagnostics: readonly unknown[];
  readonly tests: readonly TestResult[];
  /** Of the plan, for source frames. */
  readonly files: readonly PlanFile[];
  /** Every file that was read: the program and its imports. */
  readonly reads: readonly string[];
}

/** One test, or one of its cases. */
export interface TestResult extends CaseOutcome {
  readonly name: string;
  readonly line: number;
}

/** All programs' results. */
export interface TestResults {
  readonly programs: readonly ProgramResult[];
  readonly coverage: readonly FileCoverage[] | null;
  readonly realMs: number;
}

/** What to test, and how. */
export interface TestOptions {
  readonly parameters: Readonly<Record<string, string>>;
  /** Only tests whose name has this text, whatever its letters' case. */
  readonly filter: string | null;
  readonly coverage: boolean;
  readonly color: boolean;
  /** Is told of each program when its tests have run. */
  readonly done?: (program: ProgramResult) => void;
}

/** Compiles programs and runs their tests, one after the other; no server, no plugin's code. */
export async function testPrograms(paths: readonly string[], options: TestOptions): Promise<TestResults> {
  const begun = performance.now();
  const coverage = options.coverage ? new Coverage() : null;
  const programs: ProgramResult[] = [];
  for (const path of paths) {
    const program = await testProgram(path, options, coverage);
    programs.push(program);
    options.done?.(program);
  }
  return { programs, coverage: coverage?.files() ?? null, realMs: performance.now() - begun };
}

async function testProgram(
  path: string,
  options: TestOptions,
  coverage: Coverage | null,
): Promise<ProgramResult> {
  const checked = checkProgram(readProgram(path), options.parameters);
  const { plan, diagnostics, schemas } = checked;
  const reads = checked.files.map((file) => file.path);
  if (plan === null) {
    return { path, errors: checked.render(options.color), diagnostics, tests: [], files: [], reads };
  }
  const step = coverage?.add(plan, checked.files.length);
  const results: TestResult[] = [];
  for (const test of checked.tests.filter((each) => each.at.file === 0 && isWanted(each, options))) {
    const outcomes = await runTest({ plan, schemas, test, ...(step === undefined ? {} : { step }) });
    results.push(...outcomes.map((outcome) => ({ ...outcome, name: test.name, line: test.at.line })));
  }
  // a plan leaves the lines of its tests out, which are what failing ones show
  const files = [...checked.files.map(planFile), ...plan.files.slice(checked.files.length)];
  return { path, errors: null, diagnostics, tests: results, files, reads };
}

function isWanted(test: PlanTest, { filter }: TestOptions): boolean {
  return filter === null || test.name.toLowerCase().includes(filter.toLowerCase());
}

/** How many went well, and how many didn't. */
export function countResults({ programs }: TestResults): {
  readonly passed: number;
  readonly failed: number;
  readonly broken: number;
} {
  const tests = programs.flatMap((program) => program.tests);
  const failed = tests.filter((test) => test.problems.length > 0).length;
  const broken = programs.filter((program) => program.errors !== null).length;
  return { passed: tests.length - failed, failed, broken };
}
