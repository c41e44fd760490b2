import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyFixes, withEdits } from "../../../grammar/diagnostics/apply-fixes.ts";
import { diagnose } from "../../../grammar/diagnostics/catalog.ts";
import type { Diagnostic } from "../../../grammar/diagnostics/diagnostic.ts";
import { withFixes } from "../../../grammar/diagnostics/fixes.ts";

/** A diagnostic whose fix has these edits: `[start, end, text]`. */
function fixable(...edits: [number, number, string][]): Diagnostic {
  const diagnostic = diagnose("missing-comma", { start: 0, end: 0 }, { where: "items" });
  return withFixes(diagnostic, {
    title: "mend it",
    edits: edits.map(([start, end, text]) => ({ span: { start, end }, text })),
  });
}

describe("fixes", () => {
  it("are applied together, wherever they stand", () => {
    const [first, second] = [fixable([6, 9, "C"]), fixable([0, 3, "A"], [10, 10, "!"])];
    expect(applyFixes("one + two.", [first, second])).toEqual({ text: "A + C.!", applied: [first, second] });
  });

  it("touch no place twice: the earlier diagnostic's is applied, and nothing of the other", () => {
    const [first, second] = [fixable([0, 3, "A"]), fixable([3, 3, "x"], [6, 9, "C"])];
    expect(applyFixes("one + two", [first, second])).toEqual({ text: "A + two", applied: [first] });
  });

  it("leave alone what has none, or one for another text", () => {
    const none = diagnose("missing-comma", { start: 0, end: 0 }, { where: "items" });
    expect(applyFixes("one", [none, fixable(), fixable([2, 9, "x"])])).toEqual({ text: "one", applied: [] });
  });

  it("take the first of several", () => {
    const fixes = [fixable([0, 1, "a"]), fixable([0, 1, "b"])].flatMap((one) => one.fixes ?? []);
    const both = { ...fixable(), fixes };
    expect(applyFixes("x", [both]).text).toBe("a");
  });
});

describe("edits", () => {
  it("leave what is between them as it was", () => {
    const cuts = fc
      .uniqueArray(fc.nat(30), { minLength: 2, maxLength: 8 })
      .map((at) => at.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.string({ minLength: 31, maxLength: 31, unit: "binary-ascii" }), cuts, (text, at) => {
        const spans = at.slice(1).map((end, index) => ({ start: at[index]!, end }));
        const edits = spans.map((span) => ({ span, text: `<${text.slice(span.start, span.end)}>` }));
        const inside = spans.map((span) => `<${text.slice(span.start, span.end)}>`).join("");
        expect(withEdits(text, [...edits].reverse())).toBe(
          text.slice(0, at[0]) + inside + text.slice(at[at.length - 1]),
        );
      }),
    );
  });
});
