import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { TargetName } from "./target.ts";

/** What was run against a system: the command line, and tempest's two sets of tests. */
export const suiteNames = ["commands", "api", "functional"] as const;
export type SuiteName = (typeof suiteNames)[number];

/** From a test's name to `ok` or how else it ended. */
export type Results = Partial<Record<SuiteName, Readonly<Record<string, string>>>>;

const folder = new URL("results/", import.meta.url);

/** What was kept of the last run against a system. */
export function readResults(target: TargetName): Results {
  const file = new URL(`${target}.json`, folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};
}

/** Keeps how a suite's tests ended where COPPICE_TEST_KEEP asks for it; `npm run docs` writes them into docs/senlin.md. */
export function keepResults(
  target: TargetName,
  suite: SuiteName,
  tests: readonly { readonly name: string; readonly result?: { readonly state: string } | undefined }[],
): void {
  if (process.env["COPPICE_TEST_KEEP"] === undefined) return;
  const ended = tests.map(({ name, result }) => [
    name,
    result?.state === "pass" ? "ok" : (result?.state ?? "not run"),
  ]);
  const results = { ...readResults(target), [suite]: Object.fromEntries(ended.sort()) };
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${target}.json`, folder), `${JSON.stringify(results, null, 2)}\n`);
}
