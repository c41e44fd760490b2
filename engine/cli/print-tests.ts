import { renderFailure } from "../../grammar/diagnostics/source-frame.ts";
import type { Count, FileCoverage } from "../local/coverage.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { printTable } from "./table.ts";
import { countResults, type ProgramResult, type TestResult, type TestResults } from "./test-programs.ts";

/** One program's tests, for people: a line each, and beneath a failed one all that helps to mend it. */
export function printProgram(program: ProgramResult, output: Output): void {
  if (program.errors === null && program.tests.length === 0) return;
  output.line(output.paint("bold", program.path));
  if (program.errors !== null) output.line(indent(program.errors.trimEnd(), 2));
  for (const test of program.tests) {
    const ok = test.problems.length === 0;
    const mark = ok ? output.paint("green", "✔") : output.paint("red", "✘");
    output.line(`  ${mark} ${printable(titleOf(test))}`);
    if (!ok) output.line(indent(detailsOf(program, test), 4));
  }
}

/** A test's name, with its case where it has several. */
export function titleOf(test: TestResult): string {
  return test.case === null ? test.name : `${test.name}  ${test.case}`;
}

/** What is wrong, with frames of source, values and the calls that were made. */
export function detailsOf({ files }: ProgramResult, test: TestResult): string {
  const parts = test.problems.map(({ code, message, at, details, failure }) => {
    const lines = [renderFailure(files, { code, message, at }), ...details.map((detail) => `  ${detail}`)];
    if (failure !== undefined) lines.push("", renderFailure(files, failure));
    return lines.join("\n");
  });
  if (test.calls.length > 0) parts.push(["calls of the last run:", ...cut(test.calls)].join("\n"));
  return printable(parts.join("\n\n"));
}

/** `12 passed, 1 failed in 140 ms`, and what was covered. */
export function printSummary(results: TestResults, output: Output): void {
  const { passed, failed, broken } = countResults(results);
  if (results.coverage !== null) printCoverage(results.coverage, output);
  const parts = [output.paint(failed > 0 ? "dim" : "green", `${passed} passed`)];
  if (failed > 0) parts.push(output.paint("red", `${failed} failed`));
  if (broken > 0)
    parts.push(output.paint("red", `${broken} ${broken === 1 ? "program has" : "programs have"} errors`));
  output.line(`${parts.join(", ")} in ${Math.round(results.realMs)} ms`);
}

function printCoverage(files: readonly FileCoverage[], output: Output): void {
  output.line();
  const rows = files.map((file) => [
    file.path,
    percentOf(file.statements),
    percentOf(file.branches),
    [
      ranges(file.uncoveredLines),
      ...(file.partlyCoveredLines.length > 0 ? [`branches: ${ranges(file.partlyCoveredLines)}`] : []),
    ]
      .filter(Boolean)
      .join("  "),
  ]);
  printTable(output, ["file", "statements", "branches", "not covered: lines"], rows);
  output.line();
}

/** `75 %`; nothing to cover is covered. */
function percentOf(count: Count): string {
  return `${Math.floor(coveredPercent([count]))} %`;
}

/** Points of a hundred, over several files. */
export function coveredPercent(counts: readonly Count[]): number {
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  const covered = counts.reduce((sum, count) => sum + count.covered, 0);
  return total === 0 ? 100 : (100 * covered) / total;
}

/** `3-5, 9` */
function ranges(lines: readonly number[]): string {
  const parts: { from: number; to: number }[] = [];
  for (const line of lines) {
    const last = parts.at(-1);
    if (last?.to === line - 1) last.to = line;
    else parts.push({ from: line, to: line });
  }
  return parts.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
}

/** The calls around the end say most. */
function cut(calls: readonly string[]): readonly string[] {
  if (calls.length <= shownCalls) return calls;
  return [`       …  ${calls.length - shownCalls} earlier ones`, ...calls.slice(-shownCalls)];
}

const shownCalls = 20;

function indent(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(by));
}
