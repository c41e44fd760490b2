import { statSync } from "node:fs";
import type { CheckResult } from "../conformance/check.ts";
import { readConformanceFile } from "../conformance/conformance-file.ts";
import { checkNames, runConformance } from "../conformance/run-conformance.ts";
import { subjectOf } from "../conformance/subject-of.ts";
import { loadPlugin } from "../host/load-plugin.ts";
import { CliError } from "./cli-error.ts";
import { conformanceOfProgram } from "./conformance-of-program.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";

/** `coppice plugin test PATH` */
export interface PluginTestRequest {
  readonly path: string;
  /** Whose settings, grants and properties count. */
  readonly program: string | undefined;
  readonly set: readonly string[];
  /** Part of a check's name; what it builds on runs as well. */
  readonly only: string | undefined;
  readonly output: Output;
}

/** Runs the conformance suite on a plugin and reports; whether all passed. */
export async function testPlugin(q: PluginTestRequest): Promise<boolean> {
  const { output } = q;
  const plugin = await loadPlugin(q.path);
  const { name, version, tier } = plugin.manifest;
  const files = [isFolder(q.path) ? readConformanceFile(q.path) : {}];
  if (q.program !== undefined) files.push(conformanceOfProgram(q.program, name, q.set, output));
  const subject = subjectOf(plugin, ...files);
  output.line(`${output.paint("bold", `${name} ${version}`)}  ${tier}`);
  let about = "";
  const results = await runConformance(subject, {
    ...(q.only === undefined ? {} : { only: q.only }),
    onResult(result) {
      if (result.about !== about) output.line(`\n${output.paint("bold", result.about)}`);
      about = result.about;
      printResult(result, output);
    },
  });
  if (results.length === 0)
    throw new CliError(exitCodes.notFound, `no check of ${name} has "${q.only}" in its name`, {
      help: `There are: ${checkNames(subject).join(", ")}`,
    });
  const count = (outcome: CheckResult["outcome"]) => results.filter((r) => r.outcome === outcome).length;
  const [passed, failed, skipped] = [count("passed"), count("failed"), count("skipped")];
  const seconds = (results.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000).toFixed(1);
  const summary = `${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`;
  output.line(`\n${output.paint(failed === 0 ? "green" : "red", summary)}`);
  output.data({ name, version, hash: plugin.hash, passed, failed, skipped, checks: results });
  return failed === 0;
}

function printResult(result: CheckResult, output: Output): void {
  const { outcome, check, title, message, help, proves } = result;
  const [mark, style] = marks[outcome];
  output.line(`  ${output.paint(style, mark)} ${check.padEnd(22)} ${output.paint("dim", `it ${title}`)}`);
  if (outcome === "passed") return;
  output.line(`      ${printable(message ?? "")}`);
  if (outcome === "failed") output.line(`      ${output.paint("dim", `why it matters: ${proves}`)}`);
  if (help !== undefined) output.line(`      ${output.paint("cyan", `help: ${printable(help)}`)}`);
}

const marks = { passed: ["✔", "green"], failed: ["✖", "red"], skipped: ["–", "yellow"] } as const;

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
