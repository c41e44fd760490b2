import { describe, expect, it } from "vitest";
import { evaluate } from "../../../grammar/evaluate/evaluate.ts";
import type { Expression, Value } from "../../../grammar/plan.ts";
import type { World } from "../../../grammar/world.ts";

const world: World = {
  now: () => 1_764_266_400_000,
  cluster: () => undefined,
  clusterNamed: () => undefined,
  node: () => undefined,
  profileCreatedAt: () => 0,
  nodesOf: () => [],
  standbyOf: () => [],
  profile: () => undefined,
  victims: () => [],
};
const scope = { values: new Map<string, Value>(), parent: null };
const value = (expression: Expression) => evaluate(expression, scope, world);
const literal = (of: Value): Expression => ({ op: "literal", value: of });
const match = (
  subject: Value,
  ...cases: readonly (readonly [readonly Value[] | null, Value])[]
): Expression => ({
  op: "match",
  subject: literal(subject),
  cases: cases.map(([values, of]) => ({ values, value: literal(of) })),
});

describe("evaluate", () => {
  it("takes the world's time, never a clock of its own", () => {
    expect(value({ op: "now" })).toBe(1_764_266_400_000);
  });

  it("gives a secret's handle, never its value", () => {
    expect(value({ op: "secret", name: "password" })).toEqual({ $secret: "password" });
  });

  it("takes the first case that holds the subject's value, none included, else the one without values", () => {
    const cases = [
      [["small", null], 1],
      [["large"], 2],
      [null, 3],
    ] as const;
    expect(["small", null, "large", "other"].map((subject) => value(match(subject, ...cases)))).toEqual([
      1, 1, 2, 3,
    ]);
  });

  it("blames a plan whose cases leave a value", () => {
    expect(() => value(match("other", [["small"], 1]))).toThrow(/no case of the match fits "other"/);
  });
});
