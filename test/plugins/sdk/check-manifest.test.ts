import { readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { PluginSchema } from "../../../grammar/plugin-schema.ts";
import { checkManifest } from "../../../plugins/sdk/check-manifest.ts";
import { DriverError } from "../../../plugins/sdk/driver.ts";
import type { Manifest } from "../../../plugins/sdk/manifest.ts";
import { manifestSchema } from "../../../plugins/sdk/manifest-schema.ts";

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
const withProfile = (more: object) => ({ ...good, profiles: { box: { ...box, ...more } } });

const spec = {
  type: "os.box",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "SUPPORTED", since: "2016.04" }] },
  operations: ["paint"],
};
const publicOperations = { ...box.operations, paint: { arguments: { colour: { type: "String" } } } };
const publicBox = (profile: object, more: object = {}) => ({
  ...good,
  ...more,
  profiles: { box: { ...box, spec, operations: publicOperations, ...profile } },
});

describe("checkManifest", () => {
  it("fills in what may be left out", () => {
    expect(checkManifest(good)).toEqual({
      ok: true,
      manifest: { ...good, needs: [], settings: {}, functions: {}, events: {} },
    });
  });

  it.each(["fake", "docker", "shell", "openstack_test"])("accepts the manifest of %s", (name) => {
    expect(problems(JSON.parse(readFileSync(`plugins/${name}/plugin.json`, "utf8")))).toEqual([]);
  });

  it("takes every kind of thing, and leaves out what isn't there, so that old hashes stay", () => {
    const things = {
      events: { boom: { fields: {} } },
      policies: { careful: { arguments: { least: { type: "Percent", default: 75 } } } },
      sources: { feed: { events: ["boom"], every: 5000 } },
      notifiers: { chat: { doc: "x" } },
      secret_stores: { vault: {} },
      coordination: { etcd: {} },
    };
    const { profiles: _, ...head } = good;
    expect(checkManifest({ ...head, tier: "pure", ...things })).toMatchObject({ ok: true, manifest: things });
    const old = checkManifest(good);
    expect(old.ok && Object.keys(old.manifest)).not.toContain("policies");
  });

  it("takes capabilities whose parts are there", () => {
    const id = { type: "String", required: true };
    const profile = {
      capabilities: ["suspend", "resume", "snapshot", "adopt", "batch"],
      batch: { create: 50 },
      health: { every: 5000, doc: "it answers" },
      hints: { price: "price", quota: "quota" },
      operations: {
        ...box.operations,
        create: { long: true },
        suspend: {},
        resume: {},
        snapshot: { result: { type: "String" } },
        adopt: { arguments: { physical_id: id } },
      },
    };
    const functions = { price: { result: { type: "Float" } }, quota: { result: { type: "Int" } } };
    expect(problems({ ...withProfile(profile), functions })).toEqual([]);
  });

  it("takes a public name with all that belongs to it", () => {
    expect(problems(publicBox({}))).toEqual([]);
  });

  it.each<[string, object, object, string]>([
    [
      "a version without a status",
      { spec: { ...spec, versions: ["1.0", "1.1"] } },
      {},
      'profiles.box.spec.support_status lacks "1.1", which is among its versions; add it',
    ],
    [
      "a type with a dash",
      { spec: { ...spec, type: "os-box" } },
      {},
      'profiles.box.spec.type is "os-box"; it must match ^[A-Za-z][A-Za-z0-9_.]{0,126}$',
    ],
    [
      "an operation that isn't there",
      { spec: { ...spec, operations: ["open"] } },
      {},
      'profiles.box.spec.operations has "open", which is no further operation of it; declare it under operations',
    ],
    [
      "a standard operation",
      { spec: { ...spec, operations: ["create"] } },
      {},
      'profiles.box.spec.operations has "create", which is no further operation of it; declare it under operations',
    ],
    [
      "a free operation with arguments",
      { spec: { ...spec, free_operations: ["paint"] } },
      {},
      'profiles.box.spec.free_operations has "paint"; name one of spec.operations that declares no arguments',
    ],
    [
      "a property that a spec can't say",
      { properties: { memory: { type: "Size" } } },
      {},
      "profiles.box.properties.memory is a Size, which a spec can't say; use String, Int, Float, Bool, List, Map or Record",
    ],
    [
      "a list of anything",
      { properties: { tags: { type: "List" } } },
      {},
      'profiles.box.properties.tags is a List of anything; say what it holds with "of"',
    ],
    [
      "a map of numbers",
      { properties: { tags: { type: "Map", of: { type: "Int" } } } },
      {},
      'profiles.box.properties.tags is a Map of Int, which a spec can\'t say; leave "of" out, or use a Record',
    ],
    [
      "a validation that isn't there",
      { validate: "look" },
      {},
      'profiles.box.validate is "look"; name a function of "properties" and "name" whose result is a List',
    ],
    [
      "a preview with another result",
      { adopt_preview: "look" },
      { functions: { look: { arguments: { physical_id: { type: "String" } } } } },
      'profiles.box.adopt_preview is "look"; name a function of "physical_id" whose result is a Map',
    ],
    [
      "details without an operation",
      { capabilities: ["details"] },
      {},
      'profiles.box.capabilities has "details" without an operation "details" whose result is a Map; add it, or remove the capability',
    ],
    [
      "membership without leave",
      {
        capabilities: ["membership"],
        operations: {
          ...publicOperations,
          join: { arguments: { cluster_id: { type: "String" }, index: { type: "Int" } } },
        },
      },
      {},
      'profiles.box.capabilities has "membership" without operations "join" with a String "cluster_id" and an Int "index", and "leave"; add it, or remove the capability',
    ],
    [
      "kinds of health without an operation",
      { health: { kinds: ["NODE_STATUS_POLLING"] } },
      {},
      'profiles.box.health has "kinds" without an operation "check_health" with a required String "kind" and a Record as its result; add it',
    ],
  ])("refuses a public profile type with %s", (_, profile, more, problem) => {
    expect(problems(publicBox(profile, more))).toEqual([problem]);
  });

  it("refuses one public name twice", () => {
    const both = publicBox({});
    expect(problems({ ...both, profiles: { box: both.profiles.box, crate: both.profiles.box } })).toEqual([
      "profiles.crate.spec is os.box 1.0, and so is that of profiles.box; give one another type or version",
    ]);
  });

  it("is the schema that editors read; npm run docs writes it", () => {
    const written: unknown = JSON.parse(readFileSync("plugins/sdk/manifest.schema.json", "utf8"));
    expect(written).toEqual(JSON.parse(JSON.stringify(manifestSchema)));
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
      'plugin.json has an unknown field "need"; it may have name, version, contract, tier, entry, description, needs, settings, profiles, functions, events, policies, sources, notifiers, secret_stores, coordination',
    ],
    ["an unknown tier", { ...good, tier: "root" }, 'tier is "root"; write one of pure, sandboxed, commands'],
    [
      "an unknown capability",
      { ...good, needs: [{ capability: "disk", why: "x" }] },
      'needs.0.capability is "disk"; write one of http, socket, command, ssh, amqp, keystone, aws, state, reveal',
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
      'profiles.box.properties.n has an unknown field "min"; it may have type, doc, of, fields, required, default, minimum, maximum, unit, values, pattern, updatable, vertical, deprecated',
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
      "a vertical property that isn't updatable",
      withProperty("n", { type: "Int", vertical: true }),
      'profiles.box.properties.n is vertical and not updatable; vertical scaling changes a living node: write "updatable": true as well',
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
      "a pure plugin that needs something",
      { ...good, tier: "pure", needs: [{ capability: "state", why: "x" }] },
      'tier is "pure" while there are needs; a pure plugin has none: write "tier": "sandboxed", or remove them',
    ],
    [
      "a unit of a text",
      withProperty("n", { type: "String", unit: "MiB" }),
      'profiles.box.properties.n has "unit", which only an Int or a Float can have; remove it',
    ],
    [
      "a capability without its operation",
      withProfile({ capabilities: ["suspend"] }),
      'profiles.box.capabilities has "suspend" without an operation "suspend"; add it, or remove the capability',
    ],
    [
      "a snapshot without an id",
      withProfile({ capabilities: ["snapshot"], operations: { ...box.operations, snapshot: {} } }),
      'profiles.box.capabilities has "snapshot" without an operation "snapshot" whose result is a String, its id; add it, or remove the capability',
    ],
    [
      "adoption of nothing",
      withProfile({ capabilities: ["adopt"], operations: { ...box.operations, adopt: {} } }),
      'profiles.box.capabilities has "adopt" without an operation "adopt" with a required String "physical_id"; add it, or remove the capability',
    ],
    [
      "a batch without the capability",
      withProfile({ batch: { create: 10 } }),
      'profiles.box has "batch" without the capability; write "capabilities": ["batch"]',
    ],
    [
      "a batch of one",
      withProfile({ batch: { create: 1 }, capabilities: ["batch"] }),
      "profiles.box.batch.create must be >= 2",
    ],
    [
      "a batch of what is no operation",
      {
        ...good,
        profiles: {
          box: {
            properties: {},
            operations: { create: {}, find: {}, get: {}, delete: {} },
            capabilities: ["batch"],
            batch: { update: 2 },
          },
        },
      },
      'profiles.box.batch has "update", which is not among its operations; declare it there',
    ],
    [
      "a look that takes long",
      withProfile({ operations: { ...box.operations, get: { long: true } } }),
      'profiles.box.operations.get is long; it only looks and has to answer at once: remove "long"',
    ],
    [
      "a price that nothing tells",
      withProfile({ hints: { price: "cost" } }),
      'profiles.box.hints.price is "cost", which is no function here; name a function whose result is Float or Record',
    ],
    [
      "a source of unknown events",
      { ...good, sources: { feed: { events: ["boom"] } } },
      'sources.feed.events has "boom", which is not declared; declare it under events',
    ],
    ["a source of nothing", { ...good, sources: { feed: {} } }, 'sources.feed lacks "events"; add it'],
    [
      "arguments of a policy type with a mistake",
      { ...good, policies: { careful: { arguments: { n: { type: "Int", default: "x" } } } } },
      'policies.careful.arguments.n.default is "x", not a whole number',
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
