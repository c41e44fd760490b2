import { describe, expect, it } from "vitest";
import { checkCall } from "../../../engine/host/check-call.ts";
import type { Json } from "../../../grammar/plan.ts";
import type { Manifest, ProfileCapability } from "../../../plugins/sdk/manifest.ts";

const manifest = (capabilities: readonly ProfileCapability[]): Manifest => ({
  name: "probe",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  entry: "./index.ts",
  description: "for a test",
  needs: [],
  settings: {},
  functions: {},
  events: {},
  profiles: {
    box: {
      properties: { image: { type: "String", required: true } },
      operations: { create: {}, find: {}, get: {}, delete: {} },
      capabilities,
      batch: { delete: 2 },
    },
  },
});
const call = (more: Record<string, Json>): Json => ({
  key: "k",
  node: { id: "n", name: "web-1", index: 1, cluster: "web" },
  properties: { image: "one" },
  ...more,
});
const checked = (operation: string, capabilities: readonly ProfileCapability[], more: Record<string, Json>) =>
  checkCall(manifest(capabilities), {
    target: { kind: "operation", profile: "box", operation },
    call: call(more),
  }) as Record<string, Json>;

describe("a forced deletion", () => {
  it("is told to drivers that promise to mind it, and to no others", () => {
    expect(checked("delete", ["forced_delete"], { forced: true })["forced"]).toBe(true);
    expect(checked("delete", [], { forced: true })).not.toHaveProperty("forced");
    expect(checked("get", ["forced_delete"], { forced: true })).not.toHaveProperty("forced");
    expect(checked("delete", ["forced_delete"], { forced: false })).not.toHaveProperty("forced");
  });

  it("is told in batches, too", () => {
    const { calls } = checkCall(manifest(["forced_delete"]), {
      target: { kind: "batch", profile: "box", operation: "delete" },
      call: { calls: [call({ forced: true }), call({})] },
    }) as { calls: Record<string, Json>[] };
    expect(calls.map(({ forced }) => forced ?? false)).toEqual([true, false]);
  });
});

it("hands the cluster's id on where the engine knows it", () => {
  const node = { id: "n", name: "web-1", index: 1, cluster: "web", clusterId: "c-1" };
  expect(checked("create", [], { node })["node"]).toEqual(node);
  expect(() => checked("create", [], { node: { ...node, cluster_id: "c" } })).toThrow(
    "node.cluster_id is unknown",
  );
});
