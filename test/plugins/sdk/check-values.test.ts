import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkProperties, checkValue } from "../../../plugins/sdk/check-values.ts";
import type { PropertySchema } from "../../../plugins/sdk/manifest.ts";

const said = (schema: PropertySchema, value: unknown): string => {
  const checked = checkValue(schema, value, "it");
  return checked.ok ? "ok" : checked.problems.map((p) => `${p.path} ${p.message}`).join("; ");
};

describe("checkValue", () => {
  it.each<[PropertySchema, unknown, string]>([
    [{ type: "String" }, "", "ok"],
    [{ type: "String" }, 1, "it is 1, not a String"],
    [{ type: "String", values: ["a", "b"] }, "c", 'it is "c", not one of "a", "b"'],
    [{ type: "String", pattern: "a+" }, "aab", 'it is "aab", which doesn\'t match a+'],
    [{ type: "String", pattern: "a|b" }, "ab", 'it is "ab", which doesn\'t match a|b'],
    [{ type: "Int" }, 1.5, "it is 1.5, not a whole number"],
    [{ type: "Int" }, 2 ** 53, "it is 9007199254740992, not a whole number"],
    [{ type: "Int", minimum: 1, maximum: 3 }, 4, "it is 4; it must be from 1 to 3"],
    [{ type: "Int", minimum: 1 }, 0, "it is 0; it must be at least 1"],
    [{ type: "Int", maximum: 1 }, 2, "it is 2; it may be at most 1"],
    [{ type: "Duration" }, "5s", 'it is "5s", not whole milliseconds'],
    [{ type: "Size" }, 1024, "ok"],
    [{ type: "Float" }, Number.NaN, "it is null, not a number"],
    [{ type: "Percent" }, 12.5, "ok"],
    [{ type: "Bool" }, 0, "it is 0, not a Bool"],
    [{ type: "List", of: { type: "Int" } }, [1, "2"], 'it[1] is "2", not a whole number'],
    [{ type: "Map", of: { type: "String" } }, { a: "x", b: 1 }, "it.b is 1, not a String"],
    [{ type: "Record", fields: { a: { type: "Int", required: true } } }, {}, "it.a is missing"],
    [{ type: "Record", fields: { a: { type: "Int" } } }, { b: 1 }, "it.b is unknown; there is a"],
    [{ type: "Any" }, () => 1, "it is function, not a value that JSON can say"],
    [{ type: "Any" }, undefined, "it is nothing, not a value that JSON can say"],
  ])("%j and %j: %s", (schema, value, expected) => expect(said(schema, value)).toBe(expected));

  it("gives a copy that shares nothing with the value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const checked = checkValue({ type: "Any" }, value, "it");
        if (JSON.stringify(value).includes('"__proto__"')) return;
        expect(checked).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) });
        if (checked.ok && typeof value === "object" && value !== null) expect(checked.value).not.toBe(value);
      }),
    );
  });
});

describe("checkProperties", () => {
  const schemas = {
    image: { type: "String", required: true },
    memory: { type: "Size", default: 1024 },
    cpus: { type: "Float" },
  } as const;

  it("fills in defaults and leaves out what isn't there", () => {
    expect(checkProperties(schemas, { image: "x", cpus: null })).toEqual({
      ok: true,
      value: { image: "x", memory: 1024 },
    });
  });

  it("asks for nothing and fills in nothing in a partial record", () => {
    expect(checkProperties(schemas, { cpus: 2 }, { partial: true })).toEqual({
      ok: true,
      value: { cpus: 2 },
    });
  });

  it("finds every problem, unknown names of Object.prototype among them", () => {
    const checked = checkProperties(schemas, { constructor: 1, memory: "1", cpus: "2" });
    expect(checked.ok ? [] : checked.problems.map((p) => p.path)).toEqual([
      "constructor",
      "image",
      "memory",
      "cpus",
    ]);
  });
});
