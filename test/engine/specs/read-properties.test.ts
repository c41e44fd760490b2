import { describe, expect, it } from "vitest";
import { notUpdatable } from "../../../engine/specs/not-updatable.ts";
import { policyTypes } from "../../../engine/specs/policy-types.ts";
import { readParameters } from "../../../engine/specs/read-parameters.ts";
import { readProperties } from "../../../engine/specs/read-properties.ts";
import { readSpec, specNameOf } from "../../../engine/specs/read-spec.ts";
import type { SpecType } from "../../../engine/specs/spec-type.ts";
import type { Json } from "../../../grammar/plan.ts";
import type { PropertySchemas } from "../../../plugins/sdk/manifest.ts";

const schemas: PropertySchemas = {
  text: { type: "String", values: ["a", "1", "True"] },
  free: { type: "String" },
  count: { type: "Int" },
  share: { type: "Float" },
  on: { type: "Bool", default: true },
  needed: { type: "String", required: true },
  any: { type: "Map" },
  list: { type: "List", of: { type: "Int" } },
  disks: { type: "List", of: { type: "Record", fields: { size: { type: "Int", required: true } } } },
  disk: {
    type: "Record",
    default: {},
    fields: {
      size: { type: "Int", required: true },
      kind: { type: "String", default: "local", values: ["local", "volume"] },
    },
  },
};
const read = (given: Record<string, Json>) => {
  const result = readProperties(schemas, { needed: "x", ...given });
  return result.ok ? result.properties : result.message;
};
const base = { needed: "x", on: true, disk: {} };

describe("properties of a spec", () => {
  it("fills in defaults as they stand, and leaves out what has none", () => {
    expect(read({})).toEqual(base);
  });

  it.each<[Record<string, Json>, Record<string, Json>]>([
    [{ free: 5 }, { free: "5" }],
    [{ free: true }, { free: "True" }],
    [{ free: ["a", 1, null] }, { free: "['a', 1, None]" }],
    [{ free: { a: "it's" } }, { free: `{'a': "it's"}` }],
    [{ text: 1 }, { text: "1" }],
    [{ text: true }, { text: "True" }],
    [{ count: "42" }, { count: 42 }],
    [{ count: " -7 " }, { count: -7 }],
    [{ count: 2.9 }, { count: 2 }],
    [{ count: true }, { count: 1 }],
    [{ count: null }, {}],
    [{ share: "0.5" }, { share: 0.5 }],
    [{ share: "1e3" }, { share: 1000 }],
    [{ share: "3" }, { share: 3 }],
    [{ on: "Yes" }, { on: true }],
    [{ on: "off" }, { on: false }],
    [{ on: 0 }, { on: false }],
    [{ any: { a: null, b: [1] } }, { any: { a: null, b: [1] } }],
    [{ list: ["1", 2] }, { list: [1, 2] }],
    [{ disk: { size: "8" } }, { disk: { size: 8, kind: "local" } }],
  ])("reads %j as %j", (given, expected) => {
    expect(read(given)).toEqual({ ...base, ...expected });
  });

  it.each<[Record<string, Json>, string]>([
    [{ free: null }, "The value 'None' is not a valid string."],
    [{ text: "b" }, "'b' must be one of the allowed values: a, 1, True"],
    [{ count: "4.5" }, "The value '4.5' is not a valid Integer"],
    [{ count: "" }, "The value '' is not a valid Integer"],
    [{ count: [1] }, "int() argument must be a string, a bytes-like object or a real number, not 'list'"],
    [{ share: "much" }, "The value 'much' is not a valid number."],
    [{ on: "perhaps" }, "The value 'perhaps' is not a valid Boolean"],
    [{ on: null }, "The value 'None' is not a valid Boolean"],
    [{ any: [] }, "'[]' is not a Map"],
    [{ any: "{}" }, "'{}' is not a Map"],
    [{ list: { a: 1 } }, "'{'a': 1}' is not a List"],
    [{ list: "12" }, "'12' is not a List"],
    [{ list: ["x"] }, "The value 'x' is not a valid Integer"],
    [{ disk: {} }, "Required spec item 'size' not provided"],
    [{ disk: { size: 1, colour: "red" } }, "Unrecognizable spec item 'colour'"],
    // a value that is wrong comes before a name that is missing
    [{ disk: { kind: "cloud" } }, "'cloud' must be one of the allowed values: local, volume"],
    [{ disks: [{}, "x"] }, "'x' is not a Map"],
    [{ disks: [{ size: 1 }, {}] }, "Required spec item 'size' not provided"],
    [{ colour: "red" }, "Unrecognizable spec item 'colour'"],
    [{ colour: "red", count: "x" }, "The value 'x' is not a valid Integer"],
  ])("refuses %j in Senlin's words", (given, message) => {
    expect(read(given)).toBe(message);
  });

  it("asks for what is required", () => {
    expect(readProperties(schemas, {})).toEqual({
      ok: false,
      message: "Required spec item 'needed' not provided",
    });
  });

  it("isn't led astray by names that every object has", () => {
    expect(read({ constructor: "x" })).toBe("Unrecognizable spec item 'constructor'");
  });
});

describe("a spec as a whole", () => {
  const deletion = policyTypes.get("senlin.policy.deletion-1.1")!;
  const spec = (more: Record<string, Json>) => ({
    type: "senlin.policy.deletion",
    version: "1.1",
    properties: {},
    ...more,
  });

  it("names its type, also when its version is a number", () => {
    expect(specNameOf(spec({}))).toEqual({ ok: true, name: "senlin.policy.deletion-1.1" });
    expect(specNameOf({ type: "os.heat.stack", version: 1 })).toEqual({
      ok: true,
      name: "os.heat.stack-1.0",
    });
    expect(specNameOf({ type: "x" })).toEqual({
      ok: false,
      message: "The 'version' key is missing from the provided spec map.",
    });
    expect(specNameOf([])).toEqual({ ok: false, message: "The provided spec is not a map." });
  });

  it("is read with its properties", () => {
    expect(
      readSpec("policy", deletion.properties, spec({ properties: { hooks: { timeout: "9" } } })),
    ).toEqual({
      ok: true,
      properties: {
        criteria: "RANDOM",
        destroy_after_deletion: true,
        grace_period: 0,
        reduce_desired_capacity: true,
        hooks: { type: "zaqar", params: {}, timeout: 9 },
      },
    });
  });

  it("may have a description only for a policy", () => {
    const described = spec({ description: "x" });
    expect(readSpec("policy", deletion.properties, described).ok).toBe(true);
    expect(readSpec("profile", deletion.properties, described)).toEqual({
      ok: false,
      message: "Unrecognizable spec item 'description'",
    });
  });
});

describe("parameters of an operation", () => {
  const type: SpecType = {
    type: "x",
    versions: ["1.0"],
    support_status: {},
    properties: {},
    operations: ["reboot", "abandon", "restart"],
    free_operations: ["abandon"],
    operationSchemas: {
      reboot: { arguments: { type: { type: "String", values: ["SOFT", "HARD"], default: "SOFT" } } },
      abandon: {},
      restart: { arguments: { wait_time: { type: "Int", required: true } } },
    },
  };
  const outcome = (operation: string, given: Json) => {
    const result = readParameters(type, operation, given);
    return result.ok ? result.properties : result.message;
  };

  it.each<[string, Json, Json]>([
    ["reboot", {}, {}],
    ["reboot", { type: "HARD" }, { type: "HARD" }],
    ["reboot", { type: "hard" }, "'hard' must be one of the allowed values: SOFT, HARD"],
    ["reboot", { type: 1 }, "value is not a string"],
    ["reboot", { colour: 1 }, "Unrecognizable parameter 'colour'"],
    ["restart", { wait_time: "5" }, { wait_time: 5 }],
    ["restart", { wait_time: "soon" }, "The value 'soon' is not a valid Integer"],
    ["restart", {}, "Required parameter 'wait_time' not provided"],
    ["abandon", { anything: 1 }, {}],
  ])("of %s: %j", (operation, given, expected) => {
    expect(outcome(operation, given)).toEqual(expected);
  });
});

it("tells which differing properties a living node can't change", () => {
  const server: PropertySchemas = {
    flavor: { type: "String", updatable: true },
    key_name: { type: "String" },
    disks: { type: "List", of: { type: "Map" } },
  };
  const before = { flavor: "1", key_name: "a", disks: [{ a: 1, b: 2 }] };
  expect(notUpdatable(server, before, { flavor: "2", disks: [{ b: 2, a: 1 }] })).toEqual(["key_name"]);
  expect(notUpdatable(server, before, { ...before, disks: [] })).toEqual(["disks"]);
});
