import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { runTest } from "../../../engine/local/run-test.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import type { PluginSchema } from "../../../grammar/plugin-schema.ts";
import { renderDiagnostics } from "../../../grammar/diagnostics/render-diagnostic.ts";
import { fakeSchema } from "../memory-run.ts";

const text = { type: "String" } as const;
const map = { type: "Map" } as const;
const balancer = { type: "Record", fields: { id: text, pool: text, vip_address: text } } as const;

/** What a cloud's plugin offers, as `plugins/openstack_test` does. */
const cloud: PluginSchema = {
  ...fakeSchema,
  profiles: {
    server: {
      ...fakeSchema.profiles["server"]!,
      properties: {
        ...fakeSchema.profiles["server"]!.properties,
        cpus: { type: "Int", default: 1, updatable: true, vertical: true },
        availability_zone: text,
        scheduler_hints: map,
        context: map,
      },
      operations: { ...fakeSchema.profiles["server"]!.operations, suspend: {}, resume: {} },
    },
  },
  functions: {
    server_group_find: { arguments: { name: text }, result: { type: "List", of: map } },
    server_group_create: { arguments: { name: text, policy: text }, result: map },
    server_group_delete: { arguments: { id: text } },
    hypervisors: { result: { type: "List", of: map } },
    balancer_create: { arguments: { name: text, vip: map, pool: map }, result: balancer },
    balancer_find: { arguments: { name: text }, result: { type: "List", of: balancer } },
    balancer_delete: { arguments: { id: text } },
    member_add: { arguments: { pool: text, server: text, protocol_port: { type: "Int" } }, result: text },
    member_remove: { arguments: { pool: text, member: text } },
  },
};

const folder = new URL("./", import.meta.url);

describe.each(readdirSync(folder).filter((name) => name.endsWith(".coppice")))("%s", (name) => {
  const source = readFileSync(new URL(name, folder), "utf8");
  const { plan, tests, diagnostics } = compileProgram({
    path: name,
    text: source,
    library: loadLibrary(),
    plugins: () => cloud,
  });
  const schemas = new Map([[cloud.hash, cloud]]);

  it("compiles", () => {
    expect(renderDiagnostics(source, name, diagnostics, { color: false })).toBe("");
  });

  it.each(tests.map((test) => [test.name, test] as const))("%s", async (_, test) => {
    if (plan === null) throw new Error("it does not compile");
    const outcomes = await runTest({ plan, schemas, test });
    const told = outcomes.flatMap(({ problems, calls }) =>
      problems.map(({ message, at, details, failure }) =>
        [`${name}:${at.line}: ${message}`, failure?.message, ...details, ...calls].join("\n"),
      ),
    );
    expect(told).toEqual([]);
  });
});
