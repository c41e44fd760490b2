import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Json } from "../../grammar/plan.ts";

/** The same value with its records' keys in the opposite order. */
function shuffled(value: Json): Json {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(shuffled);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, of]) => [key, shuffled(of as Json)]),
  );
}

const values = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>;

it("gives JSON of the same value", () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it("gives one text for one value, whatever the order of its keys", () => {
  fc.assert(fc.property(values, (value) => canonicalJson(shuffled(value)) === canonicalJson(value)));
});

it("tells keys with commas from several keys", () => {
  expect(canonicalJson([{ "a,b": 1 }, { a: 1, b: 2 }])).toBe('[{"a,b":1},{"a":1,"b":2}]');
});
