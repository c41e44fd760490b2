import { describe, expect, it } from "vitest";
import { spread } from "../../workflows/steps/placement.ts";
import { runInMemory } from "./memory-run.ts";

const head = (policies: string, size = "3 in 0..20") => `
plugin fake from "./fake" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: ${size} policies: [${policies}] }
`;
const decisions = (run: Awaited<ReturnType<typeof runInMemory>>) =>
  run.end.decisions.map(({ policy, decision, reason }) => `${policy} ${decision}: ${reason}`);

describe("enforcement", () => {
  const guarded = (enforce: string) =>
    `${head(`keep${enforce}`)}
policy keep { before scale_in { deny "keeps {request.remaining}" when request.remaining < 2 } }`;
  const scaleIn = (enforce: string, more: object = {}) =>
    runInMemory({
      program: guarded(enforce),
      action: "CLUSTER_SCALE_IN",
      inputs: { cluster: "shop", count: 2 },
      ...more,
    });
  const override = { reason: "the shop is closed", by: "ann", roles: ["member", "admin"] };

  it("denies by default, whatever reason is given", async () => {
    const run = await scaleIn("", { override });
    expect(run.end).toMatchObject({ status: "FAILED", failure: { code: "denied" } });
    expect(decisions(run)).toEqual(["keep denied: keeps 1"]);
  });

  it("only warns where the cluster's list says so", async () => {
    const run = await scaleIn(" enforce warn");
    expect(run.end.status).toBe("SUCCEEDED");
    expect(decisions(run)).toEqual(["keep warned: keeps 1"]);
    expect(run.nodes).toHaveLength(1);
  });

  it("yields to someone with the role who gives a reason", async () => {
    const run = await scaleIn(" enforce deny unless admin", { override });
    expect(run.end.status).toBe("SUCCEEDED");
    expect(decisions(run)).toEqual(["keep overridden: keeps 1; overridden by ann: the shop is closed"]);
  });

  it("doesn't yield without a reason, and says how to give one", async () => {
    const run = await scaleIn(" enforce deny unless admin");
    expect(run.end.reason).toBe(
      'policy "keep" denies CLUSTER_SCALE_IN of cluster "shop": keeps 1; someone with the role "admin" may override it (--override "reason")',
    );
  });

  it("doesn't yield to someone without the role", async () => {
    const run = await scaleIn(" enforce deny unless admin", { override: { ...override, roles: ["member"] } });
    expect(run.end.status).toBe("FAILED");
    expect(run.end.reason).toContain("; ann, who gave a reason, hasn't it");
  });
});

it("warn is kept with the action and changes nothing", async () => {
  const run = await runInMemory({
    program: `${head("care")}
policy care { before scale_in { warn "takes {request.count}" when request.count > 1  warn "seen" } }`,
    action: "CLUSTER_SCALE_IN",
    inputs: { cluster: "shop", count: 2 },
  });
  expect(run.end.status).toBe("SUCCEEDED");
  expect(decisions(run)).toEqual(["care warned: takes 2", "care warned: seen"]);
});

describe("limit", () => {
  const limited = `${head("few, least")}
policy few { before resize, scale_in, scale_out priority 10 { limit 2 } }
policy least { before resize, scale_in { deny "leaves {request.size}" when request.size < 1 } }`;
  const run = (action: string, inputs: object) =>
    runInMemory({ program: limited, action, inputs: { cluster: "shop", ...inputs } });

  it.each([
    ["CLUSTER_SCALE_OUT", { count: 5 }, 5, "5 → 2"],
    ["CLUSTER_SCALE_IN", { count: 3 }, 1, "3 → 2"],
    ["CLUSTER_RESIZE", { size: 9 }, 5, "6 → 2"],
    ["CLUSTER_RESIZE", { size: 0 }, 1, "3 → 2"],
  ])("%s %j ends with %i nodes: %s", async (action, inputs, size, reason) => {
    const ended = await run(action, inputs);
    expect(ended.end).toMatchObject({ status: "SUCCEEDED" }); // "least" has seen what was left
    expect(decisions(ended)).toContain(`few limited: ${reason}`);
    expect(ended.nodes).toHaveLength(size);
    expect(ended.clusters[0]?.size).toBe(size);
  });

  it("says nothing when less is asked for", async () => {
    expect(decisions(await run("CLUSTER_SCALE_OUT", { count: 2 }))).toEqual([
      "few passed: nothing against it",
    ]);
  });

  it("fails when it is negative", async () => {
    const broken = `${head("few(n: -1)")}\npolicy few(n: Int) { before scale_out { limit n } }`;
    const ended = await runInMemory({
      program: broken,
      action: "CLUSTER_SCALE_OUT",
      inputs: { cluster: "shop", count: 1 },
    });
    expect(ended.end.failure).toMatchObject({
      code: "bad-value",
      message: "a limit is at least 0, but here it is -1",
    });
  });
});

describe("place", () => {
  const placed = (how: string, size?: string) => `${head("spread", size)}
policy spread { before create, scale_out, resize, recover { place image across ${how} } }`;
  const images = (run: Awaited<ReturnType<typeof runInMemory>>) =>
    run.nodes.map((node) => node.changes?.["image"] ?? "web:1");

  it("spreads a new cluster's nodes", async () => {
    const run = await runInMemory({
      program: placed('["a", "b", "c"]', "5 in 0..20"),
      action: "CLUSTER_CREATE",
      inputs: { cluster: "shop" },
      empty: true,
    });
    expect(images(run)).toEqual(["a", "b", "c", "a", "b"]);
    expect(decisions(run)).toEqual(["spread placed: new nodes' image across a, b, c"]);
  });

  it("counts the nodes that are there, by their profile's value where they have none of their own", async () => {
    const run = await runInMemory({
      program: placed('["web:1", "b"]'),
      action: "CLUSTER_SCALE_OUT",
      inputs: { cluster: "shop", count: 4 },
    });
    expect(images(run)).toEqual(["web:1", "web:1", "web:1", "b", "b", "b", "web:1"]);
  });

  it("is kept for life: bringing a node to its profile changes the rest", async () => {
    const program = `${placed('["a", "b"]', "0 in 0..20")}
action grow(cluster: Cluster<fake.server>) {
  cluster.scale_out(2)
  cluster.set_profile(image: "web:2", memory: 512MiB)
  for node in cluster.nodes batch all { node.update(image: "c") }
  cluster.update()
}`;
    const run = await runInMemory({ program, action: "grow", inputs: { cluster: "shop" } });
    expect(run.end).toMatchObject({ status: "SUCCEEDED" });
    expect(images(run)).toEqual(["a", "b"]);
    expect(run.nodes.map((node) => node.changes?.["memory"])).toEqual([undefined, undefined]);
  });

  it("goes by weights", async () => {
    const run = await runInMemory({
      program: placed('["a", "b"] weights { a: 2 }', "6 in 0..20"),
      action: "CLUSTER_CREATE",
      inputs: { cluster: "shop" },
      empty: true,
    });
    expect(images(run)).toEqual(["a", "b", "a", "a", "b", "a"]);
    expect(decisions(run)).toEqual(["spread placed: new nodes' image across a (2), b"]);
  });

  it("fails when nothing is left to choose", async () => {
    const run = await runInMemory({
      program: placed('["a"] weights { a: 0 }'),
      action: "CLUSTER_SCALE_OUT",
      inputs: { cluster: "shop" },
    });
    expect(run.end.failure).toMatchObject({
      code: "bad-value",
      message: "there is nothing to place image across",
    });
    expect(run.nodes).toHaveLength(3);
  });

  it("evens out what is uneven, and never fills what weighs nothing", () => {
    const values = ["a", "b", "c"];
    const present = new Map([["a", 4]]);
    expect(spread({ values, weights: {} }, present, 6)).toEqual(["b", "c", "b", "c", "b", "c"]);
    expect(spread({ values, weights: { b: 0 } }, present, 3)).toEqual(["c", "c", "c"]);
    expect(spread({ values, weights: {} }, new Map(), 0)).toEqual([]);
  });
});

describe("bounds of parameters", () => {
  const bounded = `${head("")}
action some(n: Int in 1..5, pause: Duration in 1s..1m = 2s) { wait pause  emit "ran" { n: n } }
action many(n: Int) { some(n * 2) }`;

  it("hold for computed arguments, at the line of the call", async () => {
    const run = await runInMemory({ program: bounded, action: "many", inputs: { n: 3 } });
    expect(run.end).toMatchObject({
      status: "FAILED",
      reason: "some: n is 6, outside of 1..5",
      failure: { code: "out-of-range", at: { line: 7 } },
    });
    expect(run.log).toEqual([]);
  });

  it("show the value in its unit", async () => {
    const inputs = { n: 1, pause: 120_000 };
    const run = await runInMemory({ program: bounded, action: "some", inputs });
    expect(run.end.reason).toBe("some: pause is 2m, outside of 1s..1m");
  });

  it("let through what is within", async () => {
    expect((await runInMemory({ program: bounded, action: "many", inputs: { n: 2 } })).end.status).toBe(
      "SUCCEEDED",
    );
  });
});

describe("match", () => {
  const program = `${head("")}
enum Tier { small, medium, large }
action pick(tier: Tier, many: Bool, name: String?) {
  match tier {
    small, medium => { emit "modest" }
    large => { emit "big" }
  }
  match many {
    true => { emit "many" }
    false => { emit "few" }
  }
  match name {
    none => { emit "nameless" }
    "shop" => { emit "the shop" }
    else => { emit "other" }
  }
}`;

  it.each([
    [{ tier: "small", many: true, name: null }, ["modest", "many", "nameless"]],
    [{ tier: "medium", many: false, name: "shop" }, ["modest", "few", "the shop"]],
    [{ tier: "large", many: true, name: "x" }, ["big", "many", "other"]],
  ])("%j runs %j", async (inputs, events) => {
    const run = await runInMemory({ program, action: "pick", inputs });
    expect(run.end).toMatchObject({ status: "SUCCEEDED" });
    expect(run.log).toEqual(events.map((name) => `event ${name} {}`));
  });
});
