import { expect, it } from "vitest";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { HostFailure, type PluginCall } from "../../../engine/host/plugin-host.ts";
import { createFakeWorld } from "../../../engine/local/fake-world.ts";
import { runLocally } from "../../../engine/local/run-locally.ts";
import { rehearse } from "../../../engine/rehearsal/rehearse.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import type { Json, Plan } from "../../../grammar/plan.ts";
import type { PluginSchema } from "../../../grammar/plugin-schema.ts";

const schema: PluginSchema = {
  name: "fake",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  hash: "f".repeat(64),
  needs: [],
  settings: {},
  profiles: {
    server: {
      properties: { image: { type: "String", required: true }, zone: { type: "String", default: "a" } },
      operations: { create: {}, delete: {}, get: {}, find: {} },
    },
  },
  functions: {},
  policies: {
    keep: { arguments: { least: { type: "Percent", default: 50 } } },
    lb: {
      arguments: { port: { type: "Int", default: 80 } },
      before: ["CLUSTER_SCALE_IN"],
      after: ["CLUSTER_SCALE_IN", "CLUSTER_SCALE_OUT"],
      priority: 10,
      attaches: true,
    },
  },
};
const schemas = new Map([[schema.hash, schema]]);

function compile(policies: string): Plan {
  const text = `
plugin fake from "./fake"
profile small = fake.server { image: "web:1" }
cluster web { profile: small  size: 4 in 1..10  policies: [${policies}] }
action look(cluster: Cluster) { emit "look" { cluster: cluster.name } }
`;
  const { plan, diagnostics } = compileProgram({
    path: "shop.coppice",
    text,
    library: loadLibrary(),
    plugins: () => schema,
  });
  if (plan === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  return plan;
}

type Answer = (call: { readonly [name: string]: Json }, operation: string) => Json;

/** A world whose plugin answers so; `asked` are its questions in their order. */
function worldOf(plan: Plan, answer: Answer) {
  const world = createFakeWorld({ plan, schemas });
  const asked: { operation: string; name: string; call: { readonly [name: string]: Json } }[] = [];
  const host = {
    async call(q: PluginCall): Promise<Json> {
      if (q.target.kind !== "other") return await world.drivers.host.call(q);
      const { name, operation } = q.target;
      const call = q.call as { readonly [name: string]: Json };
      asked.push({ name, operation, call });
      return answer(call, operation);
    },
  };
  const local = { ...world, tools: { ...world.tools, host } };
  let runs = 0;
  const run = async (action: string, count = 1) => {
    const inputs = { cluster: { $cluster: "web" }, ...(action.startsWith("CLUSTER_SCALE") && { count }) };
    runs += 1;
    const { end } = await world.clock.drive(
      runLocally(local, { plan, action, inputs, actionId: `run-${runs}` }),
    );
    const decided = end.decisions.map(({ policy, decision, reason }) => `${policy} ${decision}: ${reason}`);
    return { end, decided };
  };
  return { ...world, run, asked };
}

it("does what a policy type decides, and keeps it with the action", async () => {
  const world = worldOf(compile("fake.keep(least: 70%)"), () => ({
    warn: "it is late",
    limit: 2,
    choose: ["web-4", "web-2", "web-1", "web-3"],
    batch: { size: 1, pause: 2000 },
  }));
  const { end, decided } = await world.run("CLUSTER_SCALE_IN", 3);
  expect(end.status).toBe("SUCCEEDED");
  expect(decided).toEqual([
    "fake.keep warned: it is late",
    "fake.keep limited: 3 → 2",
    "fake.keep chose: in this order: web-4, web-2, web-1, web-3",
    "fake.keep limited: at most 1 at once, 2 s between",
  ]);
  expect(world.store.nodesOf("web").map(({ name }) => name)).toEqual(["web-1", "web-3"]);
  const { key, phase, request, nodes, ...rest } = world.asked[0]?.call ?? {};
  expect(phase).toBe("before");
  expect(request).toEqual({
    action: "CLUSTER_SCALE_IN",
    size: 1,
    count: 3,
    remaining: 1,
    nodes: ["web-1", "web-2", "web-3"],
  });
  expect((nodes as readonly Json[])[1]).toMatchObject({
    name: "web-2",
    data: null,
    properties: { zone: "a" },
  });
  expect(rest).toMatchObject({
    cluster: { name: "web", size: 4, minimum: 1, maximum: 10 },
    arguments: { least: 70 },
  });
  expect(key).toMatch(/^run-1\.fake\.keep\.before-1\.1-[0-9]+$/);
});

it("places new nodes", async () => {
  const place = { zone: { across: ["a", "b"], weights: { b: 3 } } };
  const world = worldOf(compile("fake.keep"), () => ({ place }));
  await world.run("CLUSTER_SCALE_OUT", 4);
  const zones = world.store.nodesOf("web").map(({ changes }) => changes["zone"] ?? "(a)");
  expect(zones).toEqual(["(a)", "(a)", "(a)", "(a)", "b", "b", "b", "b"]);
});

it("asks of every action when the manifest names none, and of the same type with other arguments apart", async () => {
  const world = worldOf(compile("fake.keep(least: 1%), fake.keep(least: 2%)"), () => ({}));
  const { decided } = await world.run("look");
  expect(decided).toEqual(["fake.keep passed: nothing against it", "fake.keep passed: nothing against it"]);
  expect(new Set(world.asked.map(({ call }) => call["key"])).size).toBe(2);
});

it.each([
  ["enforce deny", "FAILED", "fake.keep denied: too few"],
  ["enforce warn", "SUCCEEDED", "fake.keep warned: too few"],
])("denies as the cluster's list enforces it: %s", async (enforce, status, line) => {
  const world = worldOf(compile(`fake.keep ${enforce}`), () => ({ deny: "too few" }));
  const { end, decided } = await world.run("CLUSTER_SCALE_IN");
  expect(end.status).toBe(status);
  expect(decided).toEqual([line]);
});

it("fails the action when it can't ask, and warns where the policy only warns", async () => {
  const away: Answer = () => {
    throw new HostFailure("no route", { code: "unreachable", retryable: true });
  };
  const strict = worldOf(compile("fake.keep"), away);
  const { end } = await strict.run("CLUSTER_SCALE_IN");
  expect(end.reason).toBe('policy "fake.keep" can\'t be asked about CLUSTER_SCALE_IN: no route');
  expect(strict.asked).toHaveLength(4); // three tries more
  expect(new Set(strict.asked.map(({ call }) => call["key"])).size).toBe(1);
  const lenient = await worldOf(compile("fake.keep enforce warn"), away).run("CLUSTER_SCALE_IN");
  expect(lenient.end.status).toBe("SUCCEEDED");
});

it.each([
  [
    "chooses a strange node",
    () => ({ choose: ["web-9"] }),
    'chooses "web-9", which is no node of the cluster',
  ],
  [
    "decides when it is done",
    (call: { readonly [name: string]: Json }) => (call["phase"] === "after" ? { deny: "x" } : {}),
    "decides deny after CLUSTER_SCALE_IN, when it is done",
  ],
] as [string, Answer, string][])("takes it for a bug when a type %s", async (_, answer, message) => {
  const { end } = await worldOf(compile("fake.lb"), answer).run("CLUSTER_SCALE_IN");
  expect(end.failure?.code).toBe("plugin-bug");
  expect(end.reason).toContain(message);
});

it("attaches as a run begins, gives back what was kept, tells of nodes that are gone once, and detaches at the end", async () => {
  const world = worldOf(compile("fake.lb(port: 8080)"), (call, operation) => {
    const nodes = (call["nodes"] as readonly { readonly id: string }[]).map(({ id }) => [id, { member: id }]);
    if (operation === "detach") return null;
    return operation === "attach" ? { data: { lb: 1 } } : { nodes: Object.fromEntries(nodes) };
  });
  const { decided } = await world.run("CLUSTER_SCALE_IN");
  expect(decided[0]).toBe("fake.lb attached: web");
  expect(world.asked.map(({ operation, call }) => `${operation} ${call["phase"] ?? ""}`)).toEqual([
    "attach ",
    "decide before",
    "decide after",
  ]);
  expect(world.asked[2]?.call).toMatchObject({
    data: { lb: 1 },
    gone: [{ id: "web-1", data: { member: "web-1" } }],
  });
  world.asked.length = 0;
  await world.run("CLUSTER_SCALE_OUT");
  expect(world.asked.map(({ operation }) => operation)).toEqual(["decide"]); // it is attached already
  expect(world.asked[0]?.call["gone"]).toEqual([]);
  const { end } = await world.run("CLUSTER_DELETE");
  expect(end.status).toBe("SUCCEEDED");
  expect(world.asked.at(-1)).toMatchObject({ operation: "detach", call: { data: { lb: 1 }, nodes: [] } });
  expect(world.store.attachmentsOf("web")).toEqual([]);
});

it("asks nothing of a type that could not be attached", async () => {
  const world = worldOf(compile("fake.lb enforce warn"), () => {
    throw new HostFailure("no quota", { code: "quota", retryable: false });
  });
  const { decided, end } = await world.run("CLUSTER_SCALE_IN");
  expect(end.status).toBe("SUCCEEDED");
  expect(decided).toEqual([
    'fake.lb warned: policy "fake.lb" can\'t be attached to web: no quota',
    "fake.lb skipped: it isn't attached",
    "fake.lb skipped: it isn't attached",
  ]);
});

it("is rehearsed: who would be asked, and that its silence is assumed", async () => {
  const plan = compile("fake.keep, fake.lb");
  const { effects, assumptions, end } = await rehearse({
    plan,
    action: "CLUSTER_SCALE_IN",
    inputs: { cluster: { $cluster: "web" }, count: 1 },
    state: createFakeWorld({ plan, schemas }).store.state(),
    schemas,
  });
  expect(end.status).toBe("SUCCEEDED");
  const consulted = effects
    .filter(({ kind }) => kind === "consult")
    .map(({ request }) => request as { operation: string; policy: string; phase: string | null });
  expect(consulted.map(({ operation, policy, phase }) => `${policy} ${operation} ${phase}`)).toEqual([
    "lb attach null",
    "lb decide before",
    "keep decide before",
    "lb decide after",
  ]);
  expect(assumptions).toEqual([
    "fake.lb has nothing to say before CLUSTER_SCALE_IN",
    "fake.keep has nothing to say before CLUSTER_SCALE_IN",
    "fake.lb has nothing to say after CLUSTER_SCALE_IN",
  ]);
});
