import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyFixes } from "../../../grammar/diagnostics/apply-fixes.ts";
import { renderDiagnostics } from "../../../grammar/diagnostics/render-diagnostic.ts";
import { formatProgram } from "../../../grammar/format.ts";
import { parseProgram } from "../../../grammar/parse.ts";
import { randomProgram } from "../random-program.ts";

const sample = readFileSync(new URL("../samples/everything.coppice", import.meta.url), "utf8");
const pieces = sample.match(/\w+|"[^"\n]*"|\s+|[^\w\s]/g) ?? [];
const foreign = [
  "&&",
  "'",
  '"',
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  "#",
  "/*",
  '"""',
  "\n",
  "é",
  "\u0000",
  "`",
  "elif",
  "\\",
];

/** What people bring from other languages. */
const habits = [
  "def",
  "switch",
  "case",
  "default:",
  "is not none",
  "not in",
  "? a : b",
  "->",
  "catch (e)",
  "finally",
  "for (const x of",
  "{{ a }}",
  "${",
  "[a for a in b]",
  "a if b else c",
  "enum A = a | b",
  "import a from",
  "List[String]",
  "if a:\n  ",
  "5 minutes",
  "f'x{a}'",
  "80 %",
  "f(a: 1, 2)",
  "a < b < c",
  "x = 3",
];

/** Everything a text goes through must answer, and point into the text. */
function answers(text: string): void {
  const { diagnostics } = parseProgram(text);
  for (const { span } of diagnostics) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length + 1);
  }
  renderDiagnostics(text, "fuzz.coppice", diagnostics, { color: false });
  formatProgram(text);
}

describe("whatever comes, it answers", () => {
  it("any characters", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), answers), { numRuns: 1_000 });
  });

  it("token soup", () => {
    const soup = fc
      .array(fc.constantFrom(...pieces, ...foreign), { maxLength: 120 })
      .map((parts) => parts.join(" "));
    fc.assert(fc.property(soup, answers), { numRuns: 1_000 });
  });

  it.each(['action r{if {\nemit""{r:?l', 'test "a" {\n expect failure {', "action a(b:"])(
    "what once broke it: %j",
    (text) => {
      answers(text);
    },
  );

  it("a program with pieces cut out, doubled and put in", () => {
    const change = fc.record({
      at: fc.nat(sample.length),
      cut: fc.nat(30),
      put: fc.constantFrom("", ...pieces, ...foreign),
    });
    const mutated = fc
      .array(change, { minLength: 1, maxLength: 4 })
      .map((changes) =>
        changes.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), sample),
      );
    fc.assert(fc.property(mutated, answers), { numRuns: 1_000 });
  });
});

describe("cut off anywhere, it answers", () => {
  it("the sample, at every offset", () => {
    for (let end = 0; end <= sample.length; end++) parseProgram(sample.slice(0, end));
  });

  it("random programs, with everything that is said about them", () => {
    const cut = fc
      .record({ seed: fc.nat(), size: fc.integer({ min: 1, max: 30 }), end: fc.nat(2_000), from: fc.nat(50) })
      .map(({ seed, size, end, from }) => randomProgram(seed, size).slice(from, end));
    fc.assert(fc.property(cut, answers), { numRuns: 1_000 });
  });
});

describe("fixes of whatever comes", () => {
  it("are edits of the text that don't overlap, and can be applied", () => {
    const soup = fc
      .array(fc.constantFrom(...pieces, ...foreign, ...habits), { maxLength: 60 })
      .map((parts) => parts.join(" "));
    const property = fc.property(soup, (text) => {
      const { diagnostics } = parseProgram(text);
      for (const { fixes = [] } of diagnostics) {
        for (const { edits } of fixes) {
          const sorted = [...edits].sort((a, b) => a.span.start - b.span.start);
          for (const [index, { span }] of sorted.entries()) {
            expect(span.start).toBeGreaterThanOrEqual(index === 0 ? 0 : sorted[index - 1]!.span.end);
            expect(span.end).toBeGreaterThanOrEqual(span.start);
            expect(span.end).toBeLessThanOrEqual(text.length);
          }
        }
      }
      answers(applyFixes(text, diagnostics).text);
    });
    fc.assert(property, { numRuns: 1_000 });
  });
});

describe("bounded time and depth", () => {
  const inAction = (body: string) => `action a() {\n  let x = ${body}\n}\n`;
  it.each(["[", "(", "{", "f(", "a[", "not ", "-", "if a then ", "x => ", "{a: ", '"{', "List<"])(
    "10,000 × %s",
    (open) => {
      expect(parseProgram(inAction(open.repeat(10_000))).diagnostics.length).toBeGreaterThan(0);
    },
  );

  it.each([".b", " + b", "[0]", "()"])("100,000 × %s gets one diagnostic", (more) => {
    const { diagnostics } = parseProgram(inAction(`a${more.repeat(100_000)}`));
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["deep-nesting"]);
  });

  it.each(["{", "if a {", "parallel {", "try {"])("10,000 nested blocks of %s", (open) => {
    expect(parseProgram(`action a() {\n${open.repeat(10_000)}`).diagnostics.length).toBeGreaterThan(0);
  });

  it("100,000 lines, and a text of 1 MB", () => {
    const lines = sample.split("\n").length;
    const many = sample.repeat(Math.ceil(100_000 / lines));
    const started = performance.now();
    expect(parseProgram(many).diagnostics).toEqual([]);
    expect(parseProgram(inAction(`"${"x".repeat(1_000_000)}"`)).diagnostics).toEqual([]);
    for (const bad of ["@ ", ") ", "let \n", '"{a" ', "}\n", "foo bar\n"]) answersWithin(bad.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  function answersWithin(text: string): void {
    expect(parseProgram(text).diagnostics.length).toBeGreaterThan(0);
  }
});
