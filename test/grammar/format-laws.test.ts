import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatProgram } from "../../grammar/format.ts";
import { parseProgram } from "../../grammar/parse.ts";
import { randomProgram } from "./random-program.ts";

/** A program's nodes without their places: what it means. */
function meaning(text: string): unknown {
  return JSON.parse(
    JSON.stringify(parseProgram(text).program, (key, value) =>
      key === "span" || key === "operatorSpan" ? undefined : value,
    ),
  );
}

function commentsOf(text: string): string[] {
  return parseProgram(text).comments.map((comment) => comment.text);
}

/** Shrinks by size; the seed of a failure is in fast-check's message. */
const programs = fc
  .record({ size: fc.integer({ min: 1, max: 60 }), seed: fc.nat() })
  .map(({ seed, size }) => randomProgram(seed, size));

function holds(law: (text: string) => void): void {
  const property = fc.property(programs, (text) => {
    law(text);
  });
  fc.assert(property, { numRuns: 600 });
}

describe("whatever the program", () => {
  it("is one", () => {
    holds((text) => expect(parseProgram(text).diagnostics).toEqual([]));
  });

  it("means the same when it is formatted", () => {
    holds((text) => expect(meaning(formatProgram(text).text)).toEqual(meaning(text)));
  });

  it("is formatted once and for all", () => {
    holds((text) => {
      const once = formatProgram(text).text;
      expect(formatProgram(once).text).toBe(once);
    });
  });

  it("keeps each comment, once and in order", () => {
    holds((text) => expect(commentsOf(formatProgram(text).text)).toEqual(commentsOf(text)));
  });

  it("has no tab, no blank at a line's end, and never two empty lines", () => {
    holds((text) => {
      const lines = formatProgram(text).text.split("\n");
      expect(lines.filter((line) => /\s$|\t/.test(line))).toEqual([]);
      expect(lines.some((line, at) => line === "" && lines[at + 1] === "" && at + 2 < lines.length)).toBe(
        false,
      );
    });
  });
});
