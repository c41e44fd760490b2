import { expect, it } from "vitest";
import { createFakeWorld } from "../../engine/local/fake-world.ts";
import { runLocally } from "../../engine/local/run-locally.ts";
import type { Step } from "../../grammar/plan.ts";
import type { OperateRequest, WaitUntilRequest } from "../../workflows/activities.ts";
import { callIdOf, stepIdOf } from "../../workflows/call-id.ts";
import { compile, fakeSchema } from "./memory-run.ts";

const step = { id: "roll.1.2" } as Step; // of a step only its id counts here

it("is the step and its way, the same whenever it is asked", () => {
  expect(callIdOf(step, "")).toBe("roll.1.2-0");
  expect(callIdOf(step, "1/3/")).toBe(callIdOf(step, "1/3/"));
  expect(callIdOf(step, "1/3/")).toMatch(/^roll\.1\.2-\d+$/);
});

it("gives its step back, of a part of the call too", () => {
  const hooked = { id: "careful.before-1.2" } as Step;
  for (const position of ["", "1/3/"]) {
    expect(stepIdOf(callIdOf(hooked, position))).toBe(hooked.id);
    expect(stepIdOf(`${callIdOf(hooked, position)}.250`)).toBe(hooked.id);
  }
});

it("tells a hundred thousand ways apart", () => {
  const ids = new Set<string>();
  for (let outer = 0; outer < 100; outer += 1) {
    for (let inner = 0; inner < 1_000; inner += 1) ids.add(callIdOf(step, `${outer}/main.2>${inner}/`));
  }
  expect(ids.size).toBe(100_000);
});

it("names each batch of a step otherwise, and sends nothing of it", async () => {
  const plan = compile(`plugin fake from "fake" {
  allow state
}
profile web = fake.server {
  image: "web:1"
}
cluster shop {
  profile: web
  size: 60 in 1..100
}
action restart(cluster: Cluster<fake.server>) {
  for node in cluster.nodes batch all {
    node.start()
    wait until node.healthy
  }
}
`);
  const world = createFakeWorld({ plan, schemas: new Map([[fakeSchema.hash, fakeSchema]]) });
  const [operated, waited]: [OperateRequest[], WaitUntilRequest[]] = [[], []];
  const { end } = await world.clock.drive(
    runLocally(world, {
      plan,
      action: "restart",
      inputs: { cluster: { $cluster: "shop" } },
      actionId: "run",
      effects: (inner) => ({
        ...inner,
        operate: (q, options) => {
          operated.push(q);
          return inner.operate(q, options);
        },
        waitUntil: (q, options) => {
          waited.push(q);
          return inner.waitUntil(q, options);
        },
      }),
    }),
  );
  expect(end.status).toBe("SUCCEEDED");
  expect(operated.map((q) => q.items.length)).toEqual([25, 25, 10]);
  for (const calls of [operated, waited]) {
    expect(calls.length).toBeGreaterThan(1);
    expect(new Set(calls.map((q) => q.callId)).size).toBe(calls.length);
  }
  expect(Object.keys(operated[0]?.items[0] ?? {}).sort()).toEqual(["arguments", "nodeId"]);
});
