import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../../../grammar/diagnostics/render-diagnostic.ts";
import { formatProgram } from "../../../grammar/format.ts";
import { parseProgram } from "../../../grammar/parse.ts";

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

  it.each(['action r{if {\nemit""{r:?l', 'test "a" {\n expect failure {'])(
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
