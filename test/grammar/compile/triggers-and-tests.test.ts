import { expect, it } from "vitest";
import { compileProgram } from "../../../grammar/compile.ts";
import { resolveFixture } from "../check/fixture-plugins.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";

function compile(text: string) {
  const program = `plugin docker from "./docker" { allow socket "/x" }
profile web = docker.container { image: "shop/web:1" }
cluster shop { profile: web  size: 3 in 2..10 }
${text}`;
  const { plan, tests, diagnostics } = compileProgram({
    path: "x.coppice",
    text: program,
    library: loadLibrary(),
    plugins: resolveFixture,
  });
  expect(diagnostics).toEqual([]);
  if (plan === null) throw new Error("no plan");
  return { plan, tests };
}

it("compiles triggers to actions with names of their own", () => {
  const { plan } = compile(`every "Fri 18:00" in "Europe/Paris" { shop.resize(8) }
every "Fri 18:00" { shop.check() }
every 1h30m { shop.check() }
at "2026-12-24 20:00" { emit "merry" }
on docker.died as e when e.container != "x" { emit "died" { container: e.container } }
on coppice.action_ended as done when done.cluster == "shop" { emit "ended" { action: done.action } }
on docker.died { shop.recover() }
action every_fri_18_00_3() { wait 1s }`);
  expect(Object.keys(plan.triggers)).toEqual([
    "every_fri_18_00",
    "every_fri_18_00_2",
    "every_1h30m",
    "at_2026_12_24_20_00",
    "on_docker_died",
    "on_coppice_action_ended",
    "on_docker_died_2",
  ]);
  expect(plan.triggers["every_fri_18_00"]).toMatchObject({
    kind: "schedule",
    schedule: { kind: "weekly", days: [5], hour: 18, minute: 0, zone: "Europe/Paris" },
  });
  expect(plan.triggers["every_1h30m"]).toMatchObject({ schedule: { kind: "interval", everyMs: 5_400_000 } });
  expect(plan.triggers["on_docker_died"]).toMatchObject({ source: "docker", event: "died", as: "e" });
  expect(plan.triggers["on_docker_died_2"]).toMatchObject({ as: null, when: null });
  expect(plan.actions["every_fri_18_00"]).toMatchObject({
    trigger: true,
    clusterNames: ["shop"],
    parameters: [],
  });
  expect(plan.actions["on_docker_died"]).toMatchObject({
    trigger: true,
    parameters: [{ name: "e", schema: { type: "object", required: ["container"] } }],
  });
  expect(plan.actions["at_2026_12_24_20_00"]?.clusterNames).toEqual([]);
});

it("compiles tests beside the plan, which does nothing else for them", () => {
  const action = "action wait_a_bit(cluster: Cluster) -> Int { wait 1m  return cluster.size }";
  const { plan, tests } = compile(`${action}
test "waits" for each in [1, 2] {
  given shop of 4 nodes
  given node 2 is sick
  given check fails on node each with "no such" code "gone" times 2 for good
  given restart takes 30s
  given approval refused after 1h
  given time "2026-11-27 18:00"
  given lock "deploy" taken for 5m
  run wait_a_bit(shop) override "why" expect failure "no"
  expect failure.code == "gone" and calls.is_empty() and elapsed >= 1m
  run wait_a_bit(shop)
  expect result == 4
}`);
  expect(tests).toHaveLength(1);
  const [test] = tests;
  expect(test?.statements.map(({ kind }) => kind)).toEqual([
    "given_cluster",
    "given_node",
    "given_call",
    "given_call",
    "given_approval",
    "given_time",
    "given_lock",
    "run",
    "expect",
    "run",
    "expect",
  ]);
  expect(test?.statements[1]).toMatchObject({
    node: { cluster: "shop", index: { value: 2 } },
    state: "sick",
  });
  expect(test?.statements[2]).toMatchObject({
    operation: "check",
    effect: { kind: "fails", retryable: false },
    times: { value: 2 },
  });
  expect(test?.statements[5]).toMatchObject({ milliseconds: Date.UTC(2026, 10, 27, 18) });
  expect(test?.statements[7]).toMatchObject({
    action: "wait_a_bit",
    arguments: { cluster: { op: "cluster", name: "shop" } },
    expect: { end: "failure" },
  });
  const { actions, clusters, triggers } = compile(action).plan;
  expect({ actions: plan.actions, clusters: plan.clusters, triggers: plan.triggers }).toEqual({
    actions,
    clusters,
    triggers,
  });
});

it("compiles what policies and locks may say", () => {
  const { plan } = compile(`policy careful { before resize, scale_in {
  warn "late" when request.count > 1
  limit 2
  deny "too few" when request.remaining < 2
  approve "really?" by admin within 1h
} }
policy spread { before create { place zone across ["a", "b"] weights { a: 2 } } }
cluster other { profile: web  size: 3  policies: [careful enforce warn, careful enforce deny unless admin, spread] }
action deploy(cluster: Cluster) { lock "dns", "deploy-{cluster.name}" within 5m { cluster.check() } }`);
  expect(plan.policies["careful"]?.hooks[0]?.body.map(({ kind }) => kind)).toEqual([
    "warn",
    "limit",
    "deny",
    "approve",
  ]);
  expect(plan.policies["spread"]?.hooks[0]?.body[0]).toMatchObject({ kind: "place", property: "zone" });
  expect(plan.clusters["other"]?.policies.map(({ enforce }) => enforce)).toEqual([
    { level: "warn" },
    { level: "deny-unless", role: "admin" },
    { level: "deny" },
  ]);
  expect(plan.actions["deploy"]?.body[0]).toMatchObject({ kind: "lock", within: { value: 300_000 } });
});
