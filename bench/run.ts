import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Row, Suite } from "./suite.ts";
import { createSuite } from "./suites/create.ts";
import { definitionsSuite } from "./suites/definitions.ts";
import { driverCallSuite } from "./suites/driver-call.ts";
import { largeClusterSuite } from "./suites/large-cluster.ts";
import { languageSuite } from "./suites/language.ts";
import { languageServerSuite } from "./suites/language-server.ts";
import { pluginsSuite } from "./suites/plugins.ts";
import { senlinSuite } from "./suites/senlin.ts";
import { startUpSuite } from "./suites/start-up.ts";
import { testRunnerSuite } from "./suites/test-runner.ts";

/**
 * `npm run bench` measures what every machine can; `npm run bench -- create language` only those. With `--short` suites
 * that can only show that they run, and nothing is kept.
 */
const suites: readonly Suite[] = [
  languageSuite,
  languageServerSuite,
  definitionsSuite,
  driverCallSuite,
  pluginsSuite,
  createSuite,
  largeClusterSuite,
  startUpSuite,
  testRunnerSuite,
  senlinSuite,
];
const resultsPath = join(import.meta.dirname, "results.json");

// Suites make a cluster for each measurement; what is measured is the work, not the limit.
process.env["COPPICE_MAX_CLUSTERS_PER_PROJECT"] ??= "100000";

const short = process.argv.includes("--short");
const wanted = process.argv.slice(2).filter((word) => word !== "--short");
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark "${unknown.join(", ")}"; choose from ${suites.map((suite) => suite.name).join(", ")}.`,
  );
  process.exit(2);
}
const results: Record<string, unknown> = readResults();
const named = ({ name, onlyByName }: Suite) => (wanted.length === 0 ? !onlyByName : wanted.includes(name));
for (const suite of suites.filter(named)) {
  console.log(`\n${suite.title}`);
  const rows = await suite.run((line) => console.log(`  … ${line}`), { short });
  print(rows);
  if (short) continue;
  results[suite.name] = { title: suite.title, measured: stamp(), rows };
  writeFileSync(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
}
if (!short) console.log("\nWritten to bench/results.json.");

function print(rows: readonly Row[]): void {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const lines = [
    ["", ...names, "target"],
    ...rows.map((row) => [
      row.case,
      ...names.map((name) => String(row.figures[name] ?? "")),
      row.target === undefined ? "" : `${row.target.met ? "met" : "MISSED"}: ${row.target.text}`,
    ]),
  ];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 || column === line.length - 1
        ? cell.padEnd(widths[column] ?? 0)
        : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join("  ").trimEnd()}`);
  }
}

function stamp() {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  }).trim();
  return {
    at: new Date().toISOString(),
    commit,
    node: process.version,
    cpus: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
  };
}

function readResults(): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(resultsPath, "utf8"));
  } catch {
    return {};
  }
}
