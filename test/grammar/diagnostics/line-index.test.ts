import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineIndex } from "../../../grammar/diagnostics/line-index.ts";

describe("lines and columns", () => {
  const lines = createLineIndex("one\r\n\ntwo😀\n");

  it.each([
    [0, 1, 1],
    [3, 1, 4], // the \r is in the line, though not in its text
    [5, 2, 1],
    [6, 3, 1],
    [11, 3, 6], // the emoji is two UTF-16 units
    [12, 4, 1],
    [99, 4, 1],
    [-1, 1, 1],
  ])("offset %i is line %i, column %i", (offset, line, column) => {
    expect(lines.at(offset)).toEqual({ line, column });
  });

  it("gives each line's text without its line break", () => {
    expect(lines.lineCount).toBe(4);
    expect([0, 1, 2, 3, 4, 5].map((line) => lines.lineText(line))).toEqual(["", "one", "", "two😀", "", ""]);
  });

  it("places a span over lines, and one whose end is before its start as empty", () => {
    expect(lines.position({ start: 1, end: 8 }, 2)).toEqual({
      file: 2,
      line: 1,
      column: 2,
      endLine: 3,
      endColumn: 3,
    });
    expect(lines.position({ start: 6, end: 2 })).toMatchObject({
      line: 3,
      column: 1,
      endLine: 3,
      endColumn: 1,
    });
  });

  it("counts as splitting the text would", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "\r", "é") }), fc.nat(40), (text, offset) => {
        const before = text.slice(0, offset).split("\n");
        const expected = { line: before.length, column: (before.at(-1) ?? "").length + 1 };
        expect(createLineIndex(text).at(offset)).toEqual(expected);
      }),
    );
  });
});
