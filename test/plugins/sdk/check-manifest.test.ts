import { readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { PluginSchema } from "../../../grammar/plugin-schema.ts";
import { checkManifest } from "../../../plugins/sdk/check-manifest.ts";
import { DriverError } from "../../../plugins/sdk/driver.ts";
import type { Manifest } from "../../../plugins/sdk/manifest.ts";

const good = {
  name: "probe",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  entry: "./index.ts",
  description: "for a test",
  profiles: {
    box: {
      properties: { image: { type: "String", required: true, updatable: true } },
      operations: { create: {}, find: {}, get: {}, delete: {}, update: {} },
    },
  },
};
const { box } = good.profiles;
const problems = (value: unknown): readonly string[] => {
  const checked = checkManifest(value);
  return checked.ok ? [] : checked.problems;
};
const withProperty = (name: string, schema: object) => ({
  ...good,
  profiles: { box: { ...box, properties: { ...box.properties, [name]: schema } } },
});

describe("checkManifest", () => {
  it("fills in what may be left out", () => {
    expect(checkManifest(good)).toEqual({
      ok: true,
      manifest: { ...good, needs: [], settings: {}, functions: {}, events: {} },
    });
  });

  it.each(["fake", "docker", "shell"])("accepts the manifest of %s", (name) => {
    expect(problems(JSON.parse(readFileSync(`plugins/${name}/plugin.json`, "utf8")))).toEqual([]);
  });

  it("gives the language's checker what it reads", () => {
    expectTypeOf<Manifest & { readonly hash: string }>().toExtend<PluginSchema>();
  });

  it.each<[string, unknown, string]>([
    ["nothing at all", null, "plugin.json is null, not of type object"],
    [
      "a newer contract",
      { ...good, contract: 2 },
      "contract is 2; this engine speaks contract 1: use a plugin made for it, or another engine",
    ],
    ["a contract in quotes", { ...good, contract: "1" }, 'contract is "1"; write 1'],
    ["a missing field", { ...good, description: undefined }, 'plugin.json lacks "description"; add it'],
    [
      "an unknown field",
      { ...good, need: [] },
      'plugin.json has an unknown field "need"; it may have name, version, contract, tier, entry, description, needs, settings, profiles, functions, events',
    ],
    ["an unknown tier", { ...good, tier: "root" }, 'tier is "root"; write one of sandboxed, commands'],
    [
      "an unknown capability",
      { ...good, needs: [{ capability: "disk", why: "x" }] },
      'needs.0.capability is "disk"; write one of http, socket, command, state',
    ],
    [
      "an entry outside",
      { ...good, entry: "/etc/passwd" },
      'entry is "/etc/passwd"; it must match ^\\./[^\\0]+\\.(ts|js|mjs)$',
    ],
    [
      "a name with capitals",
      withProperty("Image", { type: "String" }),
      'profiles.box.properties has a field named "Image"; names are lower case: letters, digits and _, a letter first',
    ],
    [
      "an unknown type",
      withProperty("n", { type: "Integer" }),
      'profiles.box.properties.n.type is "Integer"; write one of String, Int, Float, Bool, Duration, Size, Percent, Secret, List, Map, Record, Any',
    ],
    [
      "an unknown field of a property",
      withProperty("n", { type: "Int", min: 1 }),
      'profiles.box.properties.n has an unknown field "min"; it may have type, doc, of, fields, required, default, minimum, maximum, values, pattern, updatable, deprecated',
    ],
    [
      "nothing offered",
      { ...good, profiles: {} },
      "plugin.json provides nothing; declare a profile type under profiles or a function under functions",
    ],
    [
      "commands in a sandbox",
      { ...good, needs: [{ capability: "command", why: "x" }] },
      'needs.0.capability is "command" while tier is "sandboxed"; write "tier": "commands"',
    ],
    [
      "a default of another type",
      withProperty("n", { type: "Int", default: "2" }),
      'profiles.box.properties.n.default is "2", not a whole number',
    ],
    [
      "a default that is required",
      withProperty("n", { type: "Int", required: true, default: 1 }),
      "profiles.box.properties.n is required and has a default; remove one of them",
    ],
    [
      "a range of a text",
      withProperty("n", { type: "String", minimum: 1 }),
      "profiles.box.properties.n has minimum or maximum, which a String can't have; remove it",
    ],
    [
      "a broken pattern",
      withProperty("n", { type: "String", pattern: "(" }),
      "profiles.box.properties.n.pattern is not a regular expression: (",
    ],
    [
      "a pattern that looks ahead",
      withProperty("n", { type: "String", pattern: "(?=a)a" }),
      "profiles.box.properties.n.pattern looks around or back, or repeats too much: (?=a)a; write it without (?=…), (?<=…) and \\1",
    ],
    [
      "a record without fields",
      withProperty("n", { type: "Record" }),
      'profiles.box.properties.n: "fields" belongs to a Record and to nothing else; add it',
    ],
    [
      "an updatable setting",
      { ...good, settings: { n: { type: "Int", updatable: true } } },
      'settings.n has "updatable", which only a profile\'s property can have; remove it',
    ],
    [
      "a secret with a default",
      withProperty("n", { type: "Secret", default: "x" }),
      "profiles.box.properties.n is a Secret with a default; remove the default: a manifest is no place for secrets",
    ],
    [
      "a secret in a result",
      { ...good, functions: { f: { result: { type: "List", of: { type: "Secret" } } } } },
      "functions.f.result holds a Secret; only what a plugin is given may be one",
    ],
    [
      "a secret in an event",
      { ...good, events: { e: { fields: { n: { type: "Secret" } } } } },
      "events.e.fields holds a Secret; only what a plugin is given may be one",
    ],
    [
      "a replacement that isn't there",
      withProperty("n", { type: "Int", deprecated: { use: "size", why: "x" } }),
      'profiles.box.properties.n.deprecated.use is "size"; name one beside it that is not deprecated',
    ],
    [
      "no delete",
      { ...good, profiles: { box: { ...box, operations: { create: {}, find: {}, get: {}, update: {} } } } },
      'profiles.box.operations lacks "delete"; every profile type has create, find, get and delete',
    ],
    [
      "arguments of create",
      {
        ...good,
        profiles: { box: { ...box, operations: { ...box.operations, create: { arguments: {} } } } },
      },
      "profiles.box.operations.create has arguments or a result; the contract fixes those of create: remove them",
    ],
  ])("says what is wrong with %s", (_what, value, said) => {
    expect(problems(value)).toContain(said);
  });

  it("says everything at once", () => {
    expect(problems({ ...good, tier: "x", extra: 1, version: "one" })).toHaveLength(3);
  });
});

describe("DriverError", () => {
  it("is recognised by name, across bundles and from the host, and keeps its subclasses apart", () => {
    const foreign = Object.assign(new Error("x"), { name: "DriverError", code: "x", retryable: true });
    class Own extends DriverError {}
    expect(foreign instanceof DriverError).toBe(true);
    expect(foreign instanceof Own).toBe(false);
    expect(new Own("x", { code: "x", retryable: true }) instanceof Own).toBe(true);
    expect(new Own("x", { code: "x", retryable: true }) instanceof DriverError).toBe(true);
    expect(new Error("x") instanceof DriverError).toBe(false);
    expect({} instanceof DriverError).toBe(false);
  });
});
