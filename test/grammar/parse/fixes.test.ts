import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { applyFixes, withEdits } from "../../../grammar/diagnostics/apply-fixes.ts";
import type { Diagnostic } from "../../../grammar/diagnostics/diagnostic.ts";
import { syntaxCatalog } from "../../../grammar/parse/catalog.ts";
import { parseProgram } from "../../../grammar/parse.ts";

const folder = new URL("cases/", import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith(".coppice"))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

/** What only the author can decide: which name, which value, where a block ends, which of two clauses. */
const notMechanical = [
  "number-too-large",
  "expected-expression",
  "expected-type",
  "expected-name",
  "unused-value",
  "deep-nesting",
  "duplicate-clause",
  "template-tag",
  "expect-without-run",
];

/** How often each code is among them. */
function counts(diagnostics: readonly Diagnostic[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { code } of diagnostics) found.set(code, (found.get(code) ?? 0) + 1);
  return found;
}

describe.each(cases)("$name", ({ text }) => {
  const { diagnostics } = parseProgram(text);
  const fixes = diagnostics.flatMap((one) => (one.fixes ?? []).map((fix) => ({ one, fix })));
  const had = counts(diagnostics);

  it("has fixes that each take away what they mend, and bring no new error", () => {
    for (const { one, fix } of fixes) {
      const mended = withEdits(text, fix.edits);
      const has = counts(parseProgram(mended).diagnostics);
      expect(has.get(one.code) ?? 0, `${fix.title}:\n${mended}`).toBeLessThan(had.get(one.code)!);
      for (const [code, count] of has) {
        if (syntaxCatalog[code as keyof typeof syntaxCatalog].severity === "warning") continue;
        expect(count, `${fix.title} brings ${code}:\n${mended}`).toBeLessThanOrEqual(had.get(code) ?? 0);
      }
    }
  });

  it("has nothing left to fix after some rounds of all fixes", () => {
    let mended = text;
    for (let round = 0; round < 5; round++)
      mended = applyFixes(mended, parseProgram(mended).diagnostics).text;
    expect(parseProgram(mended).diagnostics.filter((one) => (one.fixes ?? []).length > 0)).toEqual([]);
  });
});

it("are there for each code that can be mended mechanically", () => {
  const fixable = new Set(
    cases.flatMap(({ text }) =>
      parseProgram(text).diagnostics.flatMap((one) => ((one.fixes ?? []).length > 0 ? [one.code] : [])),
    ),
  );
  const without = Object.keys(syntaxCatalog).filter((code) => !fixable.has(code as Diagnostic["code"]));
  expect(without.sort()).toEqual([...notMechanical].sort());
});
