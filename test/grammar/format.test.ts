import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasErrors } from "../../grammar/diagnostics/diagnostic.ts";
import { formatProgram } from "../../grammar/format.ts";
import { parseProgram } from "../../grammar/parse.ts";

const sample = readFileSync(new URL("samples/everything.coppice", import.meta.url), "utf8");

/** A program's nodes without their places: what it means. */
function meaning(text: string): string {
  const { program } = parseProgram(text);
  return JSON.stringify(program, (key, value) =>
    key === "span" || key === "operatorSpan" ? undefined : value,
  );
}

function commentsOf(text: string): string[] {
  return parseProgram(text)
    .comments.map((comment) => comment.text)
    .sort();
}

function keepsTheLaws(text: string): void {
  if (hasErrors(parseProgram(text).diagnostics)) {
    expect(formatProgram(text).text).toBe(text);
    return;
  }
  const once = formatProgram(text).text;
  expect(meaning(once)).toBe(meaning(text));
  expect(commentsOf(once)).toEqual(commentsOf(text));
  expect(formatProgram(once).text).toBe(once);
}

describe("formatting", () => {
  it("is what the sample's golden file shows", async () => {
    const golden = new URL("samples/everything.formatted", import.meta.url);
    await expect(formatProgram(sample).text).toMatchFileSnapshot(golden.pathname);
  });

  it("leaves a text with errors as it is", () => {
    expect(formatProgram("action  a( {").text).toBe("action  a( {");
  });

  it("breaks what is too long, one item per line", () => {
    const items = Array.from({ length: 12 }, (_, index) => `"item number ${index}"`).join(", ");
    const { text } = formatProgram(`action a() { let x = [${items}] }`);
    expect(text).toContain('  let x = [\n    "item number 0",\n');
    keepsTheLaws(text);
  });

  it("keeps a variable called match from beginning a match before a word and a block", () => {
    const statements = [
      "f() timeout (match) undo { g() }", // law's seed -346920295
      "f() retry (match) every (match)..(match) undo { g() }",
      "place zone across (match) weights { a: 2 }",
      "approve match by operator within match",
    ];
    for (const statement of statements) {
      const text = `action a(match: Int) {\n  ${statement}\n}\n`;
      expect(parseProgram(text).diagnostics).toEqual([]);
      expect(formatProgram(text).text).toBe(text);
      keepsTheLaws(text);
    }
  });

  it("keeps a doc comment with its declaration when a lone semicolon is left out", () => {
    for (const text of ["/// d\n;\nenum A { a }\n", "enum B { b } /// d\n; // c\nenum A { a }\n"])
      keepsTheLaws(text);
  });

  it("keeps its laws over all changes of white space, and all cuts", () => {
    const blank = fc.record({
      at: fc.nat(sample.length),
      cut: fc.constantFrom(0, 0, 1, 5),
      put: fc.constantFrom(" ", "\n", "\n\n\n", " // note\n", "\n/// doc\n", "(", ")", ",", ";"),
    });
    const changed = fc
      .array(blank, { maxLength: 6 })
      .map((changes) =>
        changes.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), sample),
      );
    fc.assert(fc.property(changed, keepsTheLaws), { numRuns: 1_500 });
  });

  it("keeps the meaning of generated expressions", () => {
    const { expression } = fc.letrec<{ expression: string; atom: string }>((tie) => ({
      atom: fc.constantFrom(
        "a",
        "5",
        "80%",
        '"x{a + 1}y"',
        "none",
        "f(a, b: 2)",
        "a.b[0]",
        "[a, b]",
        "({ k: a })",
      ),
      expression: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        tie("atom"),
        fc
          .tuple(
            tie("expression"),
            fc.constantFrom("or", "and", "??", "==", "<", "in", "+", "-", "*", "/"),
            tie("expression"),
          )
          .map(([l, o, r]) => `(${l}) ${o} (${r})`),
        fc.tuple(fc.constantFrom("not", "-"), tie("expression")).map(([sign, of]) => `${sign} (${of})`),
        fc
          .tuple(tie("expression"), tie("expression"), tie("expression"))
          .map(([c, t, e]) => `if ${c} then ${t} else ${e}`),
        tie("expression").map((of) => `xs.map(x => ${of})`),
        tie("expression").map((of) => `(${of}).size`),
      ),
    }));
    const inProgram = expression.map((text) => `action a() { let x = ${text}\n if (${text}) { wait 1s } }`);
    fc.assert(
      fc.property(inProgram, (text) => {
        expect(hasErrors(parseProgram(text).diagnostics)).toBe(false);
        keepsTheLaws(text);
      }),
      { numRuns: 1_000 },
    );
  });
});
