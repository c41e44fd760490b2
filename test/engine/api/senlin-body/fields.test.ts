import { describe, expect, it } from "vitest";
import {
  boolField,
  capacityField,
  countField,
  enumField,
  type Field,
  listField,
  mapField,
  nameField,
  nullable,
  numberField,
  pairsField,
  textField,
} from "../../../../engine/api/senlin-body/fields.ts";
import { type Fields, readFields } from "../../../../engine/api/senlin-body/read-body.ts";
import type { Json } from "../../../../grammar/plan.ts";

function read(field: Field<unknown>, value: Json): unknown {
  try {
    return (readFields({ f: value }, { f: { field } }, 14) as { f: unknown }).f;
  } catch (error) {
    return `! ${(error as Error).message}`;
  }
}

const malformed =
  "! The server could not comply with the request since it is either malformed or otherwise incorrect.";
const illegal = (name: string) =>
  `! The value for the 'f' (${name}) contains illegal characters. It must contain only alphanumeric or "_-.~" characters and must start with letter.`;
const capacity = capacityField({ minimum: -1, maximum: 1000 });
const list = listField({ least: 1 });

describe("Senlin's fields", () => {
  it.each<[string, Field<unknown>, Json, unknown]>([
    ["name", nameField, "web_1-a.b~", "web_1-a.b~"],
    ["name", nameField, "中文", "中文"],
    ["name", nameField, "", "! The value for the f field must be at least 1 characters long."],
    [
      "name",
      nameField,
      "x".repeat(256),
      "! The value for the f field must be less than 255 characters long.",
    ],
    ["name", nameField, "a b", illegal("a b")],
    ["name", nameField, null, "! Field `f' cannot be None"],
    ["name", nameField, 7, malformed],
    ["text", textField, "a b/c", "a b/c"],
    ["text", textField, 7, "! 7 is not of type 'string'"],
    ["text", textField, ["a"], "! A string is required in field f, not a list"],
    ["text", textField, { a: 1 }, "! A string is required in field f, not a dict"],
    ["text", nullable(textField), null, null],
    ["map", mapField, { a: 1 }, { a: 1 }],
    ["map", mapField, "a", "! The value (a) is not a valid JSON."],
    ["map", mapField, "{}", "! '{}' is not of type 'object'"],
    ["map", nullable(mapField), [], "! [] is not of type 'object', 'null'"],
    ["bool", boolField, true, true],
    ["bool", nullable(boolField), "true", "! 'true' is not of type 'boolean', 'null'"],
    ["bool", boolField, 1, "! 1 is not of type 'boolean'"],
    [
      "bool",
      boolField,
      "perhaps",
      "! Unrecognized value 'perhaps', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'",
    ],
    ["count", countField, 3, 3],
    ["count", countField, "3", 3],
    ["count", countField, -1, "! Value must be >= 0 for field 'f'."],
    ["count", nullable(countField), 1.5, "! 1.5 is not of type 'integer', 'string', 'null'"],
    ["count", countField, true, "! True is not of type 'integer', 'string'"],
    ["count", countField, [1], "! The value for f must be an integer: '[1]'."],
    ["count", countField, {}, "! The value for f must be an integer: '{}'."],
    ["capacity", capacity, 1000, 1000],
    ["capacity", capacity, -1, -1],
    ["capacity", capacity, "-1", "! '-1' does not match '^[0-9]*$'"],
    ["capacity", capacity, 1001, "! The value for the f field must be less than or equal to 1000."],
    ["capacity", capacity, -2, "! The value for the f field must be greater than or equal to -1."],
    ["capacity", capacity, "few", "! The value for f must be an integer: 'few'."],
    ["number", numberField, -2.7, -2.7],
    ["number", numberField, "2", "! '2' is not of type 'number'"],
    ["number", numberField, "two", "! could not convert string to float: 'two'"],
    ["enum", enumField(["A", "B"]), "B", "B"],
    ["enum", enumField(["A", "B"]), 1, "! Value '1' is not acceptable for field 'f'."],
    ["list", list, ["a", "b"], ["a", "b"]],
    ["list", list, [], "! Value for 'f' must have at least 1 item(s)."],
    ["list", list, null, "! Value for 'f' must have at least 1 item(s)."],
    ["list", list, "n", "! 'n' is not of type 'array'"],
    ["list", list, ["n", "n"], "! Items for 'f' must be unique"],
    ["list", list, [1], "! 1 is not of type 'string'"],
    ["list", list, 5, malformed],
    ["pairs", pairsField, { a: "b" }, { a: "b" }],
    ["pairs", pairsField, { a: null }, "! Field `f[a]' cannot be None"],
    ["pairs", pairsField, { a: "n", b: "n" }, "! Map contains duplicated values"],
  ])("%s: %#", (_kind, field, value, expected) => {
    expect(read(field, value)).toEqual(expected);
  });

  it("looks at every value before it looks for what is missing or too much", () => {
    const fields = {
      size: { field: countField },
      name: { field: nameField, required: true },
      old: { field: boolField, since: 7 },
    } as const satisfies Fields;
    const said = (given: Readonly<Record<string, Json>>, microversion = 14) => {
      try {
        return readFields(given, fields, microversion);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(said({ size: "few", foo: 1 })).toBe("The value for size must be an integer: 'few'.");
    expect(said({ size: 1.5, foo: 1 })).toBe("'name' is a required property");
    expect(said({ name: "a", size: 1.5, foo: 1, bar: 2 })).toBe(
      "Additional properties are not allowed ('bar', 'foo' were unexpected)",
    );
    expect(said({ name: "a", old: true })).toEqual({ name: "a", old: true });
    expect(said({ name: "a", old: true }, 6)).toEqual({ name: "a" });
    expect(said({ name: "a", old: "perhaps" }, 6)).toContain("Unrecognized value");
  });
});
