import { describe, expect, it } from "vitest";
import { compileProgram } from "../../../grammar/compile.ts";
import { nodesPerActivity } from "../../../grammar/estimate/effect-costs.ts";
import { type Estimate, estimateAction } from "../../../grammar/estimate/estimate.ts";
import { showEstimate } from "../../../grammar/estimate/show-estimate.ts";
import { nodesPerActivity as asRun } from "../../../workflows/steps/operate.ts";
import { resolveFixture } from "../check/fixture-plugins.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";

const header = `plugin docker from "./docker" { allow socket "/x" }
plugin shell from "./shell" { allow command "/bin/sh" }
profile web = docker.container { image: "shop/web:1" }
`;

function compile(text: string) {
  return compileProgram({
    path: "x.coppice",
    text: header + text,
    library: loadLibrary(),
    plugins: resolveFixture,
  });
}

function estimate(text: string, action: string): Estimate {
  const { plan, diagnostics } = compile(text);
  if (plan === null) throw new Error(JSON.stringify(diagnostics));
  return estimateAction(plan, action);
}

describe("estimateAction", () => {
  it("says for 1,000 new nodes about what the benchmark measures: 104 events", () => {
    const found = estimate("cluster shop { profile: web  size: 1000 in 0..1000 }", "CLUSTER_CREATE");
    expect(found.events).toBeGreaterThanOrEqual(104);
    expect(found.events).toBeLessThan(125);
    expect(found.nodeOperations).toBe(1000);
  });

  it("takes the cluster at its largest, and says so", () => {
    const program = (size: string) => `cluster shop { profile: web  size: ${size} }
action look(cluster: Cluster<docker.container>) { for node in cluster.nodes { node.check() timeout 10s } }`;
    const ten = estimate(program("3 in 1..10"), "look");
    expect(ten).toMatchObject({
      nodeOperations: 10,
      longestMs: 100_000,
      of: "10 nodes in shop",
      assumptions: ['cluster "shop" is at its largest: 10 nodes'],
      costliest: { file: 0, line: 5 },
    });
    expect(ten.events).toBe(11 + 10 * 6);
    const free = estimate(program("3"), "look");
    expect(free.nodeOperations).toBe(1000);
    expect(free.assumptions).toEqual(['cluster "shop" has no upper bound: 1,000 nodes']);
  });

  it("takes batches as small as they may be: bounds of a parameter help", () => {
    const program = (type: string) => `cluster shop { profile: web  size: 100 in 0..100 }
action look(cluster: Cluster<docker.container>, at_once: ${type} = 20) {
  for node in cluster.nodes batch at_once { node.check() }
}`;
    expect(estimate(program("Int"), "look").events).toBe(11 + 100 * 6);
    expect(estimate(program("Int"), "look").assumptions).toContain("the batches of `for node` may be of 1");
    expect(estimate(program("Int in 10..50"), "look").events).toBe(11 + 10 * 6);
  });

  it("counts the policies' batches and hooks", () => {
    const program = (hook: string) => `policy rule { before look { ${hook} } }
cluster shop { profile: web  size: 100 in 0..100  policies: [rule] }
action look(cluster: Cluster<docker.container>) { for node in cluster.nodes batch all { node.check() } }`;
    const plain = estimate(program('warn "hm"'), "look").events;
    expect(plain).toBe(11 + 4 * 6);
    expect(estimate(program('shell.notify("soon")'), "look").events).toBe(plain + 6);
    expect(estimate(program("batch 1 pause 1s"), "look").events).toBe(11 + 100 * 6 + 99 * 5);
  });

  it("knows the arguments of calls", () => {
    const program = `cluster shop { profile: web  size: 100 in 0..100 }
action look(cluster: Cluster<docker.container>, at_once: Int) {
  for node in cluster.nodes batch at_once { node.check() }
}
action look_fast(cluster: Cluster<docker.container>) { look(cluster, at_once: 50) }`;
    expect(estimate(program, "look_fast").events).toBe(11 + 2 * 2 * 6);
  });

  it("gives no longest time where a duration is an argument", () => {
    const program =
      "action nap(how_long: Duration, at_most: Duration in 1s..1h) { wait how_long  wait at_most }";
    expect(estimate(program, "nap").longestMs).toBeNull();
    expect(estimate(program.replace("wait how_long", 'emit "{how_long}"'), "nap").longestMs).toBe(3_600_000);
  });

  it("stays linear: long chains, deep calls, calls of calls twice over", () => {
    const chain = Array.from({ length: 3_000 }, (_, index) => {
      const next = index === 2_999 ? "wait 1s" : `a${index + 1}()`;
      return `action a${index}() { ${next} }`;
    }).join("\n");
    expect(estimate(chain, "a0").events).toBe(11 + 5);
    const twice = Array.from({ length: 12 }, (_, index) => {
      const next = index === 11 ? "wait 1ms" : `b${index + 1}()  b${index + 1}()`;
      return `action b${index}() { ${next} }`;
    }).join("\n");
    expect(estimate(twice, "b0").events).toBe(11 + 2 ** 11 * 5);
    const tooOften =
      twice.replaceAll("12", "40").replace("wait 1ms", "b12()") +
      Array.from(
        { length: 30 },
        (_, index) =>
          `\naction b${index + 12}() { ${index === 29 ? "wait 1ms" : `b${index + 13}()  b${index + 13}()`} }`,
      ).join("");
    expect(compile(tooOften).diagnostics.map(({ code }) => code)).toContain("over-budget");
  });
});

it("knows how many nodes travel in one activity", () => {
  for (let count = 1; count < 10_000; count = Math.ceil(count * 1.3))
    expect(nodesPerActivity(count)).toBe(asRun(count));
});

it("is shown in a few lines", () => {
  const program = `cluster shop { profile: web  size: 3 }
action look(cluster: Cluster<docker.container>, at_once: Int) {
  for node in cluster.nodes batch at_once { node.check() retry 2 timeout 1m }
}`;
  expect(showEstimate(estimate(program, "look"))).toEqual([
    "at most 6,011 history events (15 % of the limit) and 2.4 MB (6 % of the limit)",
    "at most 1,000 node operations",
    "at most 2d3h, were every call to take as long as it may",
    'assumed: cluster "shop" has no upper bound: 1,000 nodes',
    "assumed: the batches of `for node` may be of 1",
  ]);
});

it("looks at the policies of all clusters, however many there are", () => {
  const clusters = Array.from(
    { length: 30 },
    (_, index) =>
      `cluster c${index} { profile: web  size: 3 in 0..100  policies: [slow(at_once: ${index + 1})] }`,
  ).join("\n");
  const program = `policy slow(at_once: Int) { before look { batch at_once } }
${clusters}
action look(cluster: Cluster<docker.container>) { for node in cluster.nodes batch all { node.check() } }`;
  expect(estimate(program, "look").events).toBe(11 + 100 * 6);
  const large = program.replaceAll("0..100", "0..8000").replace("at_once: 1)", "at_once: 50)");
  const { diagnostics } = compile(large);
  expect(diagnostics.map(({ code }) => code)).toEqual([]);
  expect(compile(program.replaceAll("0..100", "0..8000")).diagnostics.map(({ code }) => code)).toEqual([
    "over-budget",
  ]);
});
