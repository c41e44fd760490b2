import { expect, it } from "vitest";
import { compileLibrary } from "../../../grammar/compile-library.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { libraryFunctions } from "../../../grammar/library/functions.ts";
import { typeName } from "../../../grammar/types.ts";

/** Each with its type, as a program writes it, and the value that the compiler computes. */
const rows: readonly [text: string, type: string, value: unknown][] = [
  ["[1, 2, 3].count()", "Int", 3],
  ["[1, 2, 3].count(n => n > 1)", "Int", 2],
  ["[1, 2, 3].filter(n => n != 2)", "List<Int>", [1, 3]],
  ["[1, 2].map(n => n * 2.5)", "List<Float>", [2.5, 5]],
  ['["b", "a"].sort(s => s)', "List<String>", ["a", "b"]],
  [
    "[[2, 1], [1, 9]].sort(p => [p[0], p[1]])",
    "List<List<Int>>",
    [
      [1, 9],
      [2, 1],
    ],
  ],
  ['["b", "a"].to_map(key: x => x, value: x => x.length())', "Map<Int>", { a: 1, b: 1 }],
  ["[1, 2].reverse()", "List<Int>", [2, 1]],
  ['ANY.field("b").is_true()', "Bool", true],
  ['[1, 2, 3, 4].shuffle("seed").sort(n => n)', "List<Int>", [1, 2, 3, 4]],
  ['[1, 2, 3, 4].shuffle("seed") == [1, 2, 3, 4].shuffle("seed")', "Bool", true],
  ['["a", "b"].to_map(s => s, s => s.length())', "Map<Int>", { a: 1, b: 1 }],
  ["[1, 2].first()", "Int?", 1],
  ["[1, 2].first(n => n > 5)", "Int?", null],
  ["[1, 2].last() ?? 0", "Int", 2],
  ["[1, 2, 3].take(2)", "List<Int>", [1, 2]],
  ["[1, 2, 3].take(-1)", "List<Int>", []],
  ["[1, 2, 3].skip(2)", "List<Int>", [3]],
  ["[1, 2].any(n => n > 1)", "Bool", true],
  ["[1, 2].all(n => n > 1)", "Bool", false],
  ["[1, 2].contains(2)", "Bool", true],
  ["[1, 2, 1].distinct()", "List<Int>", [1, 2]],
  ["[[1], [2, 3]].flatten()", "List<Int>", [1, 2, 3]],
  ['["a", "b"].join()', "String", "a, b"],
  ['[1, 2].join(between: "-")', "String", "1-2"],
  ["[5s, 1m].sum()", "Duration", 65_000],
  ["[3, 1].min()", "Int?", 1],
  ["[3, 1].max() ?? 0", "Int", 3],
  ["[].is_empty()", "Bool", true],
  ["TAGS.keys()", "List<String>", ["a", "b"]],
  ["TAGS.values()", "List<String>", ["1", "2"]],
  ['TAGS.get("c") ?? "-"', "String", "-"],
  ['TAGS.has("a")', "Bool", true],
  ["TAGS.count()", "Int", 2],
  ['"abc".length()', "Int", 3],
  ['"aß".upper()', "String", "ASS"],
  ['"AB".lower()', "String", "ab"],
  ['" a ".trim()', "String", "a"],
  ['"abc".contains("b")', "Bool", true],
  ['"abc".starts_with("b")', "Bool", false],
  ['"abc".ends_with("c")', "Bool", true],
  ['"".is_empty()', "Bool", true],
  ['"a.b".split(".")', "List<String>", ["a", "b"]],
  ['"a.b.c".replace(".", by: "-")', "String", "a-b-c"],
  ['"a\\nb\\n".lines()', "List<String>", ["a", "b"]],
  ["(-3).abs()", "Int", 3],
  ["3.min(2)", "Int", 2],
  ["3.max(7)", "Int", 7],
  ["7.div(2)", "Int", 3],
  ["(-7).mod(2)", "Int", -1],
  ["3.to_float()", "Float", 3],
  ["3.to_string()", "String", "3"],
  ["(-1.5).abs()", "Float", 1.5],
  ["1.5.min(2)", "Float", 1.5],
  ["1.5.max(2)", "Float", 2],
  ["2.5.round()", "Int", 3],
  ["2.5.floor()", "Int", 2],
  ["2.1.ceil()", "Int", 3],
  ["(-2.9).to_int()", "Int", -2],
  ["3KiB.as_bytes()", "Int", 3072],
  ["512B.as_kib()", "Float", 0.5],
  ["1536KiB.as_mib()", "Float", 1.5],
  ["512MiB.as_gib()", "Float", 0.5],
  ["512GiB.as_tib()", "Float", 0.5],
  ["1s500ms.as_milliseconds()", "Int", 1500],
  ["1500ms.as_seconds()", "Float", 1.5],
  ["90s.as_minutes()", "Float", 1.5],
  ["90m.as_hours()", "Float", 1.5],
  ["36h.as_days()", "Float", 1.5],
  ["80%.as_points()", "Float", 80],
  ["80%.as_fraction()", "Float", 0.8],
  ['time("2026-11-27 18:05:30").year()', "Int", 2026],
  ['time("2026-11-27 18:05:30").month()', "Int", 11],
  ['time("2026-11-27 18:05:30").day()', "Int", 27],
  ['time("2026-11-27 18:05:30").weekday()', "String", "Fri"],
  ['time("2026-11-27 18:05:30").hour()', "Int", 18],
  ['time("2026-11-27T18:05").minute()', "Int", 5],
  ['time("2026-11-27 18:05:30").second()', "Int", 30],
  ['(time("2026-12-31") + 1d).year()', "Int", 2027],
  ['time("2026-11-28") - time("2026-11-27")', "Duration", 86_400_000],
  ['time("2026-11-28") - 1h < time("2026-11-28")', "Bool", true],
  ['ANY.field("s").as_string()', "String", "x"],
  ['ANY.field("n").as_int()', "Int", 3],
  ['ANY.field("n").as_float()', "Float", 3],
  ['ANY.field("b").as_bool()', "Bool", true],
  ['ANY.field("l").as_list().count()', "Int", 1],
  ["ANY.as_map().keys()", "List<String>", ["b", "l", "n", "s"]],
  ['ANY.field("missing").is_none()', "Bool", true],
  ['ANY.field("b").is_true()', "Bool", true],
  ['ANY.field("missing").is_true()', "Bool", false],
];

const params = `
param TAGS: Map<String> = { b: "2", a: "1" }
param ANY: Any = { s: "x", n: 3, b: true, l: [1] }
`;

it.each(rows)("%s is a %s", (text, type, value) => {
  const program = `${params} policy p(x: ${type} = ${text}) {}`;
  const { plan, diagnostics } = compileProgram({
    path: "x.coppice",
    text: program,
    library: compileLibrary([]),
    plugins: () => ({ error: "none" }),
  });
  expect(diagnostics.filter(({ code }) => code !== "unused")).toEqual([]);
  expect(plan?.policies["p"]?.parameters[0]).toMatchObject({ type, default: value });
});

it("has a row above for every function, and a sentence about each", () => {
  for (const [name, found] of libraryFunctions) {
    expect(found.doc, name).toMatch(/\.$/);
    const method = `.${name.split(".")[1]}(`;
    if (!name.startsWith("Cluster."))
      expect(
        rows.some(([text]) => text.includes(method)),
        typeName(found.receiver) + method,
      ).toBe(true);
  }
});
