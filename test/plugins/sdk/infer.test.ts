import { describe, expect, expectTypeOf, it } from "vitest";
import wide from "../../../plugins/fake/plugin.json" with { type: "json" };
import type { Accepted } from "../../../plugins/sdk/accepted.ts";
import type { Created, DriverError, Json, NodeCall, Observed } from "../../../plugins/sdk/driver.ts";
import { defineDriver } from "../../../plugins/sdk/driver.ts";
import type { DriverOf, PropertiesOf, ValueOf, ValuesOf } from "../../../plugins/sdk/infer.ts";

const manifest = {
  name: "jars",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  entry: "./index.ts",
  description: "Jars on a shelf",
  profiles: {
    jar: {
      properties: {
        content: { type: "String", required: true, updatable: true },
        lid: { type: "String", values: ["cork", "glass"], default: "cork" },
        litres: { type: "Int" },
        keep: { type: "Duration", default: 1000 },
        labels: { type: "Map", of: { type: "String" }, default: {} },
        tags: { type: "List", of: { type: "Int" } },
        owner: { type: "Record", fields: { name: { type: "String", required: true }, age: { type: "Int" } } },
      },
      operations: {
        create: { long: true },
        find: {},
        get: {},
        delete: {},
        taste: { arguments: { spoons: { type: "Int", default: 1 } }, result: { type: "Bool" } },
      },
      capabilities: ["batch"],
      batch: { create: 10 },
    },
  },
  functions: { count: { arguments: { lid: { type: "String" } }, result: { type: "Int" } } },
  policies: { careful: { arguments: { least: { type: "Percent", required: true } } } },
} as const;
type Jar = PropertiesOf<typeof manifest, "jar">;
type Drivers = DriverOf<typeof manifest>;
type JarDriver = Drivers["profiles"]["jar"];

describe("a driver's types", () => {
  it("are those of the manifest's properties", () => {
    expectTypeOf<Jar["content"]>().toEqualTypeOf<string>();
    expectTypeOf<Jar["lid"]>().toEqualTypeOf<"cork" | "glass">();
    expectTypeOf<Jar["litres"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Jar["keep"]>().toEqualTypeOf<number>();
    expectTypeOf<Jar["labels"]>().toEqualTypeOf<Readonly<Record<string, string>>>();
    expectTypeOf<Jar["tags"]>().toEqualTypeOf<readonly number[] | undefined>();
    expectTypeOf<NonNullable<Jar["owner"]>>().toEqualTypeOf<{
      readonly name: string;
      readonly age?: number;
    }>();
    expectTypeOf<ValueOf<{ type: "Any" }>>().toEqualTypeOf<Json>();
    expectTypeOf<ValuesOf<Record<never, never>>>().toEqualTypeOf<Record<never, never>>();
  });

  it("are those of its operations", () => {
    type Operation = JarDriver["operations"]["taste"];
    expectTypeOf<Parameters<Operation>[1]["arguments"]>().toEqualTypeOf<{ readonly spoons: number }>();
    expectTypeOf<ReturnType<Operation>>().toEqualTypeOf<Promise<boolean>>();
    expectTypeOf<ReturnType<JarDriver["create"]>>().toEqualTypeOf<Promise<Created | Accepted>>();
    expectTypeOf<ReturnType<JarDriver["get"]>>().toEqualTypeOf<Promise<Observed>>();
    expectTypeOf<Parameters<JarDriver["create"]>[1]>().toEqualTypeOf<NodeCall<Jar>>();
    expectTypeOf<ReturnType<JarDriver["batch"]["create"]>>().toEqualTypeOf<
      Promise<readonly (Created | Accepted | DriverError)[]>
    >();
    expectTypeOf<Parameters<Drivers["functions"]["count"]>[1]["arguments"]>().toEqualTypeOf<{
      readonly lid?: string;
    }>();
    expectTypeOf<Parameters<Drivers["policies"]["careful"]["decide"]>[1]["arguments"]>().toEqualTypeOf<{
      readonly least: number;
    }>();
  });

  it("want what is declared, and poll where something is long", () => {
    expectTypeOf<JarDriver>().toHaveProperty("poll");
    expectTypeOf<Drivers>().not.toHaveProperty("poll");
    expectTypeOf<JarDriver>().not.toHaveProperty("update");
  });

  it("find the author's mistakes", () => {
    const jar = {
      create: async () => ({ physicalId: "a" }),
      find: async () => null,
      get: async () => ({ exists: true, running: true, healthy: true }),
      delete: async () => {},
      poll: async () => ({ physicalId: "a" }),
      operations: { taste: async () => true },
      batch: { create: async () => [{ physicalId: "a" }] },
    };
    const rest = { functions: { count: async () => 1 }, policies: { careful: { decide: () => ({}) } } };
    const good = defineDriver(manifest)({ contract: 1, profiles: { jar }, ...rest });
    expect(good.profiles).toEqual({ jar });
    expect(defineDriver<typeof manifest>()({ contract: 1, profiles: { jar }, ...rest })).toEqual(good);
    // @ts-expect-error: an operation is missing
    defineDriver(manifest)({ contract: 1, profiles: { jar: { ...jar, operations: {} } }, ...rest });
    const texts = { count: async () => "1" };
    // @ts-expect-error: a result of another type
    defineDriver(manifest)({ contract: 1, profiles: { jar }, ...rest, functions: texts });
    const { poll: _, ...without } = jar;
    // @ts-expect-error: poll is missing
    defineDriver(manifest)({ contract: 1, profiles: { jar: without }, ...rest });
    // @ts-expect-error: a policy type is missing
    defineDriver(manifest)({ contract: 1, profiles: { jar }, functions: rest.functions });
  });

  it("know the names, where TypeScript has widened an imported manifest", () => {
    type Fake = DriverOf<typeof wide>;
    expectTypeOf<keyof Fake["profiles"]>().toEqualTypeOf<"server">();
    expectTypeOf<Fake["functions"]>().toHaveProperty("servers");
    expectTypeOf<PropertiesOf<typeof wide, "server">>().toHaveProperty("image");
    expectTypeOf<Fake["profiles"]["server"]["operations"]>().toHaveProperty("snapshot");
  });
});
