import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareValues, equalValues } from "../../../grammar/evaluate/compare-values.ts";
import { evaluate, lookup, type Scope } from "../../../grammar/evaluate/evaluate.ts";
import { EvaluationError } from "../../../grammar/evaluate/evaluation-error.ts";
import { showDuration, showSize, showValue } from "../../../grammar/evaluate/show-value.ts";
import type { Expression, Json, Value } from "../../../grammar/plan.ts";
import type { World } from "../../../grammar/world.ts";

const at = { file: 0, line: 7, column: 3, endLine: 7, endColumn: 9 };
const world: World = {
  now: () => 0,
  cluster: (id) =>
    id === "c1"
      ? {
          id,
          name: "shop",
          size: 2,
          minimum: 1,
          maximum: null,
          status: "ACTIVE",
          labels: { env: "prod" },
          profileId: "p1",
        }
      : undefined,
  clusterNamed: (name) => (name === "shop" ? "c1" : undefined),
  node: (id) =>
    id === "n1" || id === "n2"
      ? {
          id,
          name: `shop-${id.slice(1)}`,
          index: Number(id.slice(1)),
          clusterId: "c1",
          status: "ACTIVE",
          physicalId: id === "n1" ? "x1" : null,
          healthy: id === "n1",
          createdAt: id === "n1" ? 2000 : 1000,
          profileId: "p1",
          ...(id === "n2" ? { changes: { image: "b" } } : {}),
        }
      : undefined,
  profileCreatedAt: () => 0,
  nodesOf: () => ["n1", "n2"],
  standbyOf: () => [],
  profile: () => ({ image: "a", memory: 1 }),
  victims: (_, count) => ["n2", "n1"].slice(0, count),
};

const shop: Expression = { op: "cluster", name: "shop" };
const literal = (value: Value): Expression => ({ op: "literal", value });
const variable = (name: string): Expression => ({ op: "variable", name });
const field = (of: Expression, name: string): Expression => ({ op: "field", of, name, at });
const call = (name: string, ...args: Expression[]): Expression => ({
  op: "call",
  function: name,
  arguments: args,
  at,
});
const binary = (left: Expression, operator: string, right: Expression): Expression =>
  ({ op: "binary", operator, left, right, at }) as Expression; // operators come as text in the tables below
const lambda = (name: string, body: Expression): Expression => ({ op: "lambda", parameters: [name], body });
const value = (expression: Expression, values: Record<string, Value> = {}) =>
  evaluate(expression, { values: new Map(Object.entries(values)), parent: null }, world);
const faultOf = (expression: Expression): EvaluationError => {
  try {
    value(expression);
  } catch (thrown) {
    if (thrown instanceof EvaluationError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
};

describe("evaluate", () => {
  it("looks names up from the inside out", () => {
    const outer: Scope = {
      values: new Map([
        ["a", 1],
        ["b", 2],
      ]),
      parent: null,
    };
    const inner: Scope = { values: new Map([["a", 3]]), parent: outer };
    expect([lookup(inner, "a"), lookup(inner, "b"), lookup(inner, "c")]).toEqual([3, 2, undefined]);
  });

  it.each([
    ["7 + 2", binary(literal(7), "+", literal(2)), 9],
    ["7 / 2", binary(literal(7), "/", literal(2)), 3.5],
    ["-7 div 2", binary(literal(-7), "div", literal(2)), -3],
    ["10 * 75%", binary(literal(10), "percent", literal(75)), 7.5],
    ["0 * -1 is not -0", binary(literal(0), "*", literal(-1)), 0],
    ["none ?? 3", binary(literal(null), "??", literal(3)), 3],
    ["deep equality", binary(literal({ a: [1], b: 2 }), "==", literal({ b: 2, a: [1] })), true],
    ["2 in [1, 2]", binary(literal(2), "in", literal([1, 2])), true],
    ['"a" in {a: 1}', binary(literal("a"), "in", literal({ a: 1 })), true],
    ["no prototype in a map", binary(literal("constructor"), "in", literal({ a: 1 })), false],
    ["a field that isn't there", field(literal({ a: 1 }), "constructor"), null],
  ])("%s", (_, expression, expected) => {
    expect(value(expression)).toEqual(expected); // toEqual tells 0 from -0
  });

  it("reads clusters and nodes through the world", () => {
    const names = call("List.map", field(shop, "nodes"), lambda("n", field(variable("n"), "name")));
    expect(value(names)).toEqual(["shop-1", "shop-2"]);
    const images = call(
      "List.map",
      field(shop, "nodes"),
      lambda("n", field(field(variable("n"), "profile"), "image")),
    );
    expect(value(images)).toEqual(["a", "b"]);
    expect(value(call("Cluster.victims", shop, literal(1)))).toEqual([{ $node: "n2" }]);
    expect(value(field(shop, "max"))).toBeNull();
    expect(value({ op: "text", parts: ["<", { show: shop, as: "cluster" }, ">"] })).toBe("<shop>");
  });

  it("sorts by a list of keys, stably, false before true", () => {
    const key = lambda("n", {
      op: "list",
      items: [field(variable("n"), "healthy"), field(variable("n"), "created_at")],
    });
    expect(value(call("List.sort", field(shop, "nodes"), key))).toEqual([{ $node: "n2" }, { $node: "n1" }]);
  });

  it.each([
    ["division-by-zero", binary(literal(1), "/", literal(0))],
    ["division-by-zero", call("Int.mod", literal(1), literal(0))],
    ["number-too-large", binary(literal(Number.MAX_SAFE_INTEGER), "+", literal(1))],
    ["number-too-large", binary(literal(1e308), "*", literal(10))],
    ["index-out-of-range", { op: "index", of: literal([1]), index: literal(1), at }],
    ["index-out-of-range", { op: "index", of: literal([1]), index: literal(-1), at }],
    ["missing-key", { op: "index", of: literal({ a: 1 }), index: literal("b"), at }],
    ["wrong-shape", call("Any.as_int", literal("3"))],
    ["node-is-gone", field(literal({ $node: "n9" }), "name")],
    ["bad-plan", call("List.nothing", literal([]))],
  ] as [string, Expression][])("%s is placed", (code, expression) => {
    expect(faultOf(expression)).toMatchObject({ code, at });
  });

  it("bounds steps and texts", () => {
    const thousand = literal(Array.from({ length: 1001 }, (_, index) => index));
    const nested = call(
      "List.map",
      thousand,
      lambda("a", call("List.count", thousand, lambda("b", literal(true)))),
    );
    expect(faultOf(nested).code).toBe("evaluation-too-long");
    const long = literal("x".repeat(600_000));
    expect(faultOf(binary(long, "concat", long)).code).toBe("text-too-long");
    const grown = call(
      "String.replace",
      literal("x".repeat(100_000)),
      literal("x"),
      literal("y".repeat(1000)),
    );
    expect(["text-too-long", "evaluation-too-long"]).toContain(faultOf(grown).code);
  });
});

describe("showValue", () => {
  it.each([
    [90_000, "duration", "1m30s"],
    [0, "duration", "0s"],
    [1500, "duration", "1s500ms"],
    [268435456, "size", "256MiB"],
    [1000, "size", "1000B"],
    [80, "percent", "80%"],
    [0, "time", "1970-01-01T00:00:00.000Z"],
    [null, "duration", "none"],
    [true, "plain", "true"],
    [{ $node: "n1" }, "node", "shop-1"],
    [{ $node: "gone" }, "node", "gone"],
    [["a", 1], "json", '["a",1]'],
  ] as const)("%j as %s is %s", (shown, as, expected) => {
    expect(showValue(shown, as, world)).toBe(expected);
  });

  it("writes every duration and size so that it can be read back", () => {
    const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
    fc.assert(
      fc.property(fc.nat(10 ** 12), (ms) => {
        const parts = [...showDuration(ms).matchAll(/(\d+)(ms|[dhms])/g)];
        return (
          parts.reduce(
            (sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units],
            0,
          ) === ms
        );
      }),
    );
    const sizes = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.constantFrom(1, 1024, 1024 ** 2), (count, unit) => {
        const [, number, name] = /^(\d+)([A-Za-z]+)$/.exec(showSize(count * unit)) ?? [];
        return Number(number) * sizes[name as keyof typeof sizes] === count * unit;
      }),
    );
  });
});

describe("order and equality", () => {
  const json = fc.jsonValue() as fc.Arbitrary<Json>;

  it("is a total order that agrees with equality of plain values", () => {
    fc.assert(
      fc.property(json, json, json, (a, b, c) => {
        expect(Math.sign(compareValues(a, b))).toBe(0 - Math.sign(compareValues(b, a)) + 0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0)
          expect(compareValues(a, c)).toBeLessThanOrEqual(0);
        if (equalValues(a, b)) expect(compareValues(a, b)).toBe(0);
        expect(equalValues(a, JSON.parse(JSON.stringify(a)))).toBe(true);
      }),
    );
  });

  it("sorts and filters as arrays do", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const sorted = value(call("List.sort", literal(numbers), lambda("n", variable("n"))));
        expect(sorted).toEqual([...numbers].sort((a, b) => a - b));
        const positive = lambda("n", binary(variable("n"), ">", literal(0)));
        expect(value(call("List.count", literal(numbers), positive))).toBe(
          numbers.filter((n) => n > 0).length,
        );
        expect(value(call("List.max", literal(numbers)))).toBe(
          numbers.length === 0 ? null : Math.max(...numbers),
        );
      }),
    );
  });
});
