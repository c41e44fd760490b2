import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileProgram } from "../../grammar/compile.ts";
import { slicePlan } from "../../grammar/slice.ts";
import { resolveFixture } from "./check/fixture-plugins.ts";
import { loadLibrary } from "../../engine/actions/load-library.ts";

const text = readFileSync(new URL("compile/plans/storefront.coppice", import.meta.url), "utf8");
const { plan } = compileProgram({
  path: "storefront.coppice",
  text,
  library: loadLibrary(),
  plugins: resolveFixture,
});
if (plan === null) throw new Error("no plan");

describe("slicePlan", () => {
  it("keeps what the action performs, and nothing else", () => {
    const slice = slicePlan(plan, "release", []);
    expect(Object.keys(slice.actions).sort()).toEqual([
      "CLUSTER_CHECK",
      "CLUSTER_GROW",
      "CLUSTER_REMOVE_NODES",
      "CLUSTER_RESIZE",
      "release",
      "roll",
    ]);
    expect(slice.policies).toEqual({});
    expect(slice.hash).toBe(plan.hash);
    expect(slicePlan(plan, "CLUSTER_CHECK", []).actions).toEqual({
      CLUSTER_CHECK: plan.actions["CLUSTER_CHECK"],
    });
  });

  it("keeps the hooks of the given policies that stand before or after those actions", () => {
    const slice = slicePlan(plan, "release", ["careful", "oldest_first"]);
    expect(slice.policies["careful"]).toEqual(plan.policies["careful"]);
    expect(slice.policies["oldest_first"]?.hooks).toEqual([]);
    expect(
      slicePlan(plan, "CLUSTER_SCALE_IN", ["oldest_first"]).policies["oldest_first"]?.hooks,
    ).toHaveLength(1);
  });

  it("carries the lines of its places only, and stays small", () => {
    const slice = slicePlan(plan, "CLUSTER_RESIZE", ["careful"]);
    const lines = Object.values(slice.files[0]?.lines ?? {});
    expect(lines.some((line) => line.includes("deny"))).toBe(true);
    expect(lines.some((line) => line.includes("wait until"))).toBe(false);
    expect(slice.files.map(({ path }) => path)).toEqual(plan.files.map(({ path }) => path));
    expect(JSON.stringify(slice).length).toBeLessThan(JSON.stringify(plan).length / 2);
  });

  it("keeps the secrets that its steps and profiles name, and nothing that starts by itself", () => {
    const secretive = compileProgram({
      path: "secrets.coppice",
      text: `plugin docker from "./docker" { allow socket "/var/run/docker.sock" }
secret first = env("FIRST")
secret second = env("SECOND")
secret third = file("third")
profile web = docker.container { image: "a", password: first }
cluster shop { profile: web  size: 1 }
action use(node: Node<docker.container>) { node.update(password: second) }
action other(node: Node<docker.container>) { node.update(password: third) }
every 1h { shop.check() }`,
      library: loadLibrary(),
      plugins: resolveFixture,
    }).plan;
    if (secretive === null) throw new Error("no plan");
    expect(Object.keys(slicePlan(secretive, "use", []).secrets)).toEqual(["first", "second"]);
    expect(Object.keys(slicePlan(secretive, "CLUSTER_CHECK", []).secrets)).toEqual(["first"]);
    expect(slicePlan(secretive, "use", []).triggers).toEqual({});
    expect(JSON.stringify(secretive.profiles)).toContain('{"$secret":"first"}');
  });

  it("is empty for an action that isn't there", () => {
    expect(slicePlan(plan, "nothing", ["careful"]).actions).toEqual({});
  });
});
