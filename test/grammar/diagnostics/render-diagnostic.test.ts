import { describe, expect, it } from "vitest";
import { diagnose, withNotes } from "../../../grammar/diagnostics/catalog.ts";
import type { Diagnostic } from "../../../grammar/diagnostics/diagnostic.ts";
import { displayWidth, printable } from "../../../grammar/diagnostics/display-width.ts";
import { diagnosticsToJson, renderDiagnostics } from "../../../grammar/diagnostics/render-diagnostic.ts";

/** A diagnostic at the first `mark` of the source. */
function at(source: string, mark: string) {
  const start = source.indexOf(mark);
  return diagnose("missing-comma", { start, end: start + mark.length }, { where: "items" });
}

function rendered(source: string, mark: string, color = false): string {
  return renderDiagnostics(source, "x.coppice", [at(source, mark)], { color });
}

/** The source line and the line of carets below it. */
function excerpt(source: string, mark: string): string[] {
  return rendered(source, mark).split("\n").slice(2, 4);
}

describe("for people", () => {
  it("puts the carets under the text behind tabs", () => {
    expect(excerpt("\t\t[1 two]", "two")).toEqual([" 1 |     [1 two]", "   |        ^^^"]);
  });

  it.each([
    ["日本 two", "two", ["日本 two", "     ^^^"]],
    ["x 日本 y", "日本", ["x 日本 y", "  ^^^^"]],
    ["😀 two", "two", ["😀 two", "   ^^^"]],
    ["e\u0301 two", "two", ["e\u0301 two", "  ^^^"]], // a combining accent takes no column
  ])("counts the columns of %s", (source, mark, [line, carets]) => {
    expect(excerpt(source, mark)).toEqual([` 1 | ${line}`, `   | ${carets}`]);
  });

  it("shows no control characters, neither of the source nor of the path", () => {
    const text = renderDiagnostics("\x1b[31m x\u202e", "a\x07b", [at("\x1b[31m x", "x")], { color: false });
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/);
    expect(text).toContain("␛[31m x");
    expect(text).toContain("a␇b:1:7");
  });

  it("cuts a long line around what is wrong with it", () => {
    const [line, carets] = excerpt(`${"a".repeat(500)} two ${"b".repeat(500)}`, "two");
    expect(line!.length).toBeLessThan(180);
    expect(line).toMatch(/^ 1 \| …a+ two b+…$/);
    expect(line!.slice(carets!.indexOf("^"), carets!.lastIndexOf("^") + 1)).toBe("two");
  });

  it("marks one column where something is missing, and the first line of several", () => {
    const gap = diagnose("missing-comma", { start: 2, end: 2 }, { where: "items" });
    expect(renderDiagnostics("[1 2]", "x", [gap], { color: false })).toContain("   |   ^\n");
    expect(excerpt("[one\ntwo]", "one\ntwo")).toEqual([" 1 | [one", "   |  ^^^"]);
  });

  it("aligns the gutter with the largest line number of a diagnostic", () => {
    const source = `${"\n".repeat(9)}two\n`;
    const noted = withNotes(at(source, "two"), [{ span: { start: 0, end: 0 }, message: "here before" }]);
    const text = renderDiagnostics(source, "x", [noted], { color: false });
    expect(text).toContain("\n 10 | two\n    | ^^^\n  1 |\n    | - here before\n");
  });

  it("colors what colors say, and the same text without them", () => {
    const colored = rendered("[1 two]", "two", true);
    expect(colored).toContain("\x1b[1;31merror[missing-comma]\x1b[0m");
    expect(colored).toContain("\x1b[1;31m^^^\x1b[0m");
    expect(colored.replaceAll(/\x1b\[[0-9;]*m/g, "")).toBe(rendered("[1 two]", "two"));
    const warning = diagnose("needless-grant", { start: 0, end: 1 }, { plugin: "p", capability: "http" });
    expect(renderDiagnostics("x", "x", [warning], { color: true })).toContain("\x1b[1;33mwarning[");
  });

  it("says nothing when there is nothing to say", () => {
    expect(renderDiagnostics("x", "x", [], { color: true })).toBe("");
  });
});

const program = { path: "x.coppice", text: "one two" };

describe("several files", () => {
  const files = [program, { path: "libs/rolling.coppice", text: "\n\nthree two" }];
  const here = at("one two", "two");
  const there = { ...at("\n\nthree two", "two"), file: 1 };
  const show = (diagnostic: Diagnostic) =>
    renderDiagnostics(program.text, program.path, [diagnostic], { color: false, files }).split("\n");

  it("shows a diagnostic in the file that it is about", () => {
    expect(show(there).slice(1, 3)).toEqual(["  --> libs/rolling.coppice:3:7", " 3 | three two"]);
  });

  it("names the file of a note where it is another one", () => {
    const note = { message: "declared there", span: there.span, file: 1 };
    expect(show(withNotes(here, [note])).slice(1, 7)).toEqual([
      "  --> x.coppice:1:5",
      " 1 | one two",
      "   |     ^^^",
      "  ::: libs/rolling.coppice:3:7",
      " 3 | three two",
      "   |       --- declared there",
    ]);
    const back = { message: "declared here", span: here.span };
    expect(show(withNotes(there, [note, back])).slice(4, 7)).toEqual([
      " 3 | three two",
      "   |       --- declared there",
      "  ::: x.coppice:1:5",
    ]);
  });

  it("shows a file that it wasn't given as an unknown one", () => {
    expect(show({ ...here, file: 7 })[1]).toBe("  --> ?:1:1");
  });
});

describe("for machines", () => {
  it("gives places by line and column, and null for what isn't said", () => {
    const source = "a\n[1\ntwo]";
    const noted = withNotes(at(source, "1\ntwo"), [{ span: { start: 0, end: 1 }, message: "here before" }]);
    expect(diagnosticsToJson(source, "x.coppice", [noted])).toEqual([
      {
        code: "missing-comma",
        severity: "error",
        message: "a comma is missing between two items",
        label: null,
        help: "write a comma here",
        path: "x.coppice",
        line: 2,
        column: 2,
        end_line: 3,
        end_column: 4,
        notes: [{ message: "here before", path: "x.coppice", line: 1, column: 1 }],
        fixes: [],
      },
    ]);
  });

  it("gives ways to mend it, and the path of each file", () => {
    const fix = { title: "write it", edits: [{ span: { start: 2, end: 3 }, text: "two" }] };
    const noted = withNotes(at("a\nb", "b"), [{ span: { start: 0, end: 1 }, message: "here", file: 1 }]);
    const files = [program, { path: "lib.coppice", text: "x\ny" }];
    const [json] = diagnosticsToJson("x", "x.coppice", [{ ...noted, file: 1, fixes: [fix] }], files);
    expect(json).toMatchObject({
      path: "lib.coppice",
      line: 2,
      notes: [{ path: "lib.coppice", line: 1 }],
      fixes: [
        {
          title: "write it",
          edits: [{ line: 2, column: 1, end_line: 2, end_column: 2, text: "two" }],
        },
      ],
    });
  });
});

describe("columns of a text", () => {
  it.each([
    ["abc", 3],
    ["日本", 4],
    ["👍", 2],
    ["e\u0301", 1],
    ["", 0],
  ])("%j takes %i", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it("are those of what is shown", () => {
    expect(printable("\ta\u0000b\u007f")).toBe("  a␀b\ufffd");
  });
});
