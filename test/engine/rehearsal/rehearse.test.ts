import { expect, it } from "vitest";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { createFakeWorld } from "../../../engine/local/fake-world.ts";
import type { LocalState } from "../../../engine/local/local-state.ts";
import { runLocally } from "../../../engine/local/run-locally.ts";
import { recordEffects } from "../../../engine/rehearsal/record-effects.ts";
import type { RecordedEffect, RehearsedStep } from "../../../engine/rehearsal/rehearsal.ts";
import { rehearse } from "../../../engine/rehearsal/rehearse.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import type { Plan, Value } from "../../../grammar/plan.ts";
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
      properties: {
        image: { type: "String", required: true, updatable: true },
        zone: { type: "String", default: "a", updatable: false },
      },
      operations: {
        create: {},
        delete: {},
        get: {},
        find: {},
        update: {},
        version: { result: { type: "String" } },
      },
    },
  },
  functions: {
    load: { result: { type: "Int" } },
    balancer_find: {
      arguments: { name: { type: "String", required: true } },
      result: {
        type: "List",
        of: { type: "Record", fields: { id: { type: "String" }, pool: { type: "String" } } },
      },
    },
    member_add: {
      arguments: { pool: { type: "String", required: true }, server: { type: "String", required: true } },
      result: { type: "String" },
    },
    newest: { arguments: { name: { type: "String", required: true } }, result: { type: "String" } },
  },
};
const schemas = new Map([[schema.hash, schema]]);

const head = `
plugin fake from "./fake"
profile small = fake.server {
  image: "web:1"
}
cluster web {
  profile: small
  size: 4 in 1..10
  policies: [careful, oldest_last]
}
policy careful {
  before resize, scale_in {
    deny "too few" when request.remaining < 2
    batch 2
  }
}
policy oldest_last {
  before resize, scale_in {
    choose cluster.nodes.sort(n => n.index).reverse()
  }
}
`;

function compile(text: string): Plan {
  const { plan, diagnostics } = compileProgram({
    path: "shop.coppice",
    text: head + text,
    library: loadLibrary(),
    plugins: () => schema,
  });
  if (plan === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  return plan;
}

/** All nodes there and healthy, as a fresh world of the plan has them. */
function stateOf(plan: Plan, change: (state: LocalState) => LocalState = (state) => state): LocalState {
  return change(createFakeWorld({ plan, schemas }).store.state());
}

async function rehearseText(text: string, action: string, inputs: Readonly<Record<string, Value>> = {}) {
  const plan = compile(text);
  return await rehearse({
    plan,
    action,
    inputs: { cluster: { $cluster: "web" }, ...inputs },
    state: stateOf(plan),
    schemas,
  });
}

const brief = (steps: readonly RehearsedStep[]) =>
  steps.map(({ what, nodes, times, atOnce }) => `${what} ${nodes.join(",")} ${times}/${atOnce}`);

it("shows the steps with their nodes, turns and arguments, and what policies choose", async () => {
  const { steps, end } = await rehearseText("", "CLUSTER_RESIZE", { size: 2 });
  expect(end.status).toBe("SUCCEEDED");
  expect(brief(steps)).toEqual(["set_size  1/1", "CLUSTER_REMOVE_NODES  1/1", "delete web-4,web-3 2/2"]);
  expect(steps[0]?.arguments).toEqual({ cluster: "web", size: 2, min: null, max: null });
  expect(end.decisions.map(({ policy, decision, reason }) => `${policy} ${decision}: ${reason}`)).toEqual([
    "careful limited: at most 2 at once, 0 s between",
    "oldest_last chose: in this order: web-4, web-3, web-2, web-1",
  ]);
});

it("says that a policy denies, and what would have been done is not done", async () => {
  const { steps, end, effects } = await rehearseText("", "CLUSTER_RESIZE", { size: 1 });
  expect(end).toMatchObject({ status: "FAILED", failure: { code: "denied" } });
  expect(steps).toEqual([]);
  expect(effects).toEqual([]);
});

const roll = `
action roll(cluster: Cluster<fake.server>, image: String) {
  for node in cluster.nodes batch 2 {
    let old = node.profile.image
    node.update(image: image) undo node.update(image: old)
    wait until node.healthy every 1s within 30s
  }
  cluster.set_profile(image: image)
}
`;

it("gathers a loop's turns into one step each", async () => {
  const { steps, effects, assumptions } = await rehearseText(roll, "roll", { image: "web:2" });
  expect(brief(steps)).toEqual(["update web-1,web-2,web-3,web-4 4/2", "wait until  4/1", "set_profile  1/1"]);
  expect(steps[0]).toMatchObject({ arguments: { image: "web:2" }, varies: false, undo: false });
  expect(steps[0]?.source).toBe("node.update(image: image) undo node.update(image: old)");
  expect(effects.map((effect) => effect.kind)).toEqual([
    "operate",
    "waitUntil",
    "operate",
    "waitUntil",
    "setProfile",
  ]);
  expect(assumptions).toEqual([]);
});

it("looks at what is there, not at what the program says: sick nodes are recovered", async () => {
  const plan = compile("");
  const state = stateOf(plan, (whole) => ({
    ...whole,
    nodes: whole.nodes.map((node) => (node.index === 2 ? { ...node, healthy: false } : node)),
  }));
  const { steps } = await rehearse({
    plan,
    action: "CLUSTER_RECOVER",
    inputs: { cluster: { $cluster: "web" } },
    state,
    schemas,
  });
  expect(brief(steps)).toEqual(["check web-1,web-2,web-3,web-4 4/4", "NODE_HEAL  1/1", "recreate web-2 1/1"]);
});

it("does not know what the plugin behind a cluster will tell its policies", async () => {
  const text = `
cluster front {
  profile: small
  size: 1
  policies: [senlin_loadbalance(pool: { subnet: "net" }, loadbalancer: "lb-1")]
}
`;
  const { choices, end, assumptions } = await rehearseText(text, "CLUSTER_CHECK", {
    cluster: { $cluster: "front" },
  });
  expect(end.status).toBe("SUCCEEDED");
  expect(choices[0]).toMatchObject({
    why: "the result of fake.balancer_find",
    source: "if there.is_none() {",
  });
  expect(assumptions[0]).toMatch(/^keep_binding at .* depends on the result of fake\.balancer_find$/);
});

it("carries what a plugin will tell along, and shows both sides of a condition on it", async () => {
  const text = `
action scale(cluster: Cluster<fake.server>) {
  let load = fake.load()
  let image = fake.newest(name: "web-{load}")
  emit "seen" { image: image, text: "load {load}" }
  if load > 80 {
    cluster.scale_out(2)
  } else {
    fail "load is only {load}"
  }
  for node in cluster.nodes batch all {
    node.update(image: image)
  }
}
`;
  const { steps, choices, end } = await rehearseText(text, "scale");
  expect(end.status).toBe("SUCCEEDED");
  expect(steps.map((step) => step.what)).toEqual([
    "fake.load",
    "fake.newest",
    "emit",
    "CLUSTER_SCALE_OUT",
    "set_size",
    "CLUSTER_GROW",
    "add_nodes",
    "create",
    "update",
  ]);
  expect(steps[1]?.arguments["name"]).toMatchObject({ $shown: "web-(the result of fake.load)" });
  expect(steps.at(-1)).toMatchObject({
    nodes: ["web-1", "web-2", "web-3", "web-4", "web-5", "web-6"],
    arguments: { image: { $unknown: "the result of fake.newest" } },
    behind: [],
  });
  expect(choices).toMatchObject([
    {
      why: "the result of fake.load",
      source: "if load > 80 {",
      sides: [
        { label: "then", taken: true },
        { label: "else", taken: false },
      ],
      otherwise: [{ label: "else", end: "load is only (the result of fake.load)" }],
    },
  ]);
  expect(choices[0]?.otherwise[0]?.steps.map((step) => step.what)).toEqual(["fail"]);
  const behind = steps.filter((step) => step.behind.length > 0).map((step) => step.what);
  expect(behind).toEqual(["CLUSTER_SCALE_OUT", "set_size", "CLUSTER_GROW", "add_nodes", "create"]);
});

it("knows what a short cut settles, and assumes what it must", async () => {
  const text = `
action ask(cluster: Cluster<fake.server>, sure: Bool = false) {
  let load = fake.load()
  if sure and load > 80 {
    fail "never"
  }
  approve "Load is {load}, go on?" by operator
  let all = fake.newest(name: "all")
  for version in all.split(",") {
    emit "version" { version: version }
  }
  for node in cluster.nodes {
    let version = node.version()
    wait until version == node.profile.image within 1m
  }
}
`;
  const { steps, choices, assumptions, end } = await rehearseText(text, "ask");
  expect(choices).toEqual([]);
  expect(end.status).toBe("SUCCEEDED");
  expect(steps.find((step) => step.what === "ask operator")?.arguments["message"]).toMatchObject({
    $shown: "Load is (the result of fake.load), go on?",
  });
  expect(assumptions).toEqual([
    "operator says yes at shop.coppice:28",
    "the list at shop.coppice:30 has one item: it is the result of fake.newest",
    "what shop.coppice:35 waits for comes to hold",
  ]);
});

it("asks for the same effects as a run of the same action", async () => {
  const text = `${roll}
action all(cluster: Cluster<fake.server>) {
  roll(cluster, image: "web:2")
  parallel {
    { wait 5m }
    { cluster.scale_out(2) }
  }
  try {
    lock "one" {
      for node in cluster.nodes batch all {
        node.update(image: "web:3") undo node.update(image: "web:2")
      }
      fail "on purpose"
    }
  } recover error {
    emit "failed" { message: error.message }
  }
  cluster.scale_in(3)
}
`;
  const plan = compile(text);
  const inputs = { cluster: { $cluster: "web" } };
  const rehearsal = await rehearse({ plan, action: "all", inputs, state: stateOf(plan), schemas });
  const world = createFakeWorld({ plan, schemas, state: stateOf(plan) });
  const effects: RecordedEffect[] = [];
  const record = { effects, atOnce: new Map<string, number>(), assume: () => undefined };
  const run = await world.clock.drive(
    runLocally(world, {
      plan,
      action: "all",
      inputs,
      actionId: "run",
      effects: (inner) => recordEffects(inner, { plan, schemas, store: world.store, record }),
    }),
  );
  expect(run.end.status).toBe("SUCCEEDED");
  expect(effects.length).toBeGreaterThan(10);
  expect(rehearsal.effects).toEqual(effects);
  expect(rehearsal.end).toEqual({ ...run.end, actionId: "rehearsal" });
  expect(brief(rehearsal.steps.filter((step) => step.undo))).toEqual([
    "update web-1,web-2,web-3,web-4,web-5,web-6 6/6",
  ]);
});
