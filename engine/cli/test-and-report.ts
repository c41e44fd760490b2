import { writeFileSync } from "node:fs";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { findTests } from "./find-tests.ts";
import type { Output } from "./output.ts";
import { coveredPercent, printProgram, printSummary } from "./print-tests.ts";
import { readSettings } from "./read-program.ts";
import { countResults, type TestResults, testPrograms } from "./test-programs.ts";

/** What `coppice test` was asked for. */
export interface TestReportRequest {
  /** Files and folders. */
  readonly places: readonly string[];
  /** `name=value` */
  readonly set: readonly string[];
  readonly filter: string | null;
  readonly coverage: boolean;
  /** Points of a hundred. */
  readonly coverageMin: number | null;
  readonly tap: boolean;
  /** A file to write. */
  readonly junit: string | null;
  readonly output: Output;
}

/** Runs tests once and tells of them in every way that was asked for; `reads` are the files that count for a watch. */
export async function testAndReport(
  q: TestReportRequest,
): Promise<{ readonly exitCode: ExitCode; readonly reads: readonly string[] }> {
  const { output } = q;
  const results = await testPrograms(findTests(q.places), {
    parameters: readSettings(q.set),
    filter: q.filter,
    coverage: q.coverage,
    color: output.color && !q.tap,
    done: (program) => q.tap || printProgram(program, output),
  });
  if (q.tap) output.line((await import("./tests-as-tap.ts")).testsAsTap(results));
  else printSummary(results, output);
  if (q.junit !== null) writeFileSync(q.junit, (await import("./tests-as-junit.ts")).testsAsJunit(results));
  const exitCode = exitCodeOf(q, results);
  output.data({ ok: exitCode === exitCodes.ok, ...asJson(results) });
  return { exitCode, reads: results.programs.flatMap((program) => program.reads) };
}

function exitCodeOf(q: TestReportRequest, results: TestResults): ExitCode {
  const { passed, failed, broken } = countResults(results);
  if (broken > 0) return exitCodes.programErrors;
  if (failed > 0) return exitCodes.failed;
  if (passed === 0) {
    q.output.note(
      q.filter === null ? "There is no test there." : `There is no test whose name has "${q.filter}".`,
    );
    return exitCodes.notFound;
  }
  const covered = coveredPercent((results.coverage ?? []).map((file) => file.statements));
  if (q.coverageMin === null || covered >= q.coverageMin) return exitCodes.ok;
  q.output.note(
    `${covered.toFixed(1)} % of the statements are covered, fewer than the ${q.coverageMin} % asked for`,
  );
  return exitCodes.failed;
}

function asJson({ programs, coverage, realMs }: TestResults) {
  return {
    duration_ms: Math.round(realMs),
    files: programs.map(({ path, errors, diagnostics, tests }) => ({
      path,
      ok: errors === null,
      diagnostics,
      tests: tests.map((test) => ({
        name: test.name,
        case: test.case === null ? null : JSON.parse(test.case),
        line: test.line,
        ok: test.problems.length === 0,
        problems: test.problems.map(({ code, message, at, details }) => ({
          code,
          message,
          line: at.line,
          column: at.column,
          details,
        })),
        duration_ms: Math.round(test.realMs * 10) / 10,
      })),
    })),
    coverage,
  };
}
