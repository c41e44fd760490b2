import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.stop();
});

/** What each node's record says, and what the driver's own record of its resource says. */
async function images(cluster: string): Promise<{ records: unknown[]; resources: unknown[] }> {
  const records = await stack.pool.query(
    `select coalesce(n.changes ->> 'image', p.properties ->> 'image') as image
     from node n join cluster c on c.id = n.cluster_id join profile p on p.id = n.profile_id
     where c.name = $1 order by n.index`,
    [cluster],
  );
  const resources = await stack.pool.query(
    `select s.value::text as value from node n join cluster c on c.id = n.cluster_id
     join plugin_state s on s.key = 'server/' || n.physical_id
     where c.name = $1 order by n.index`,
    [cluster],
  );
  return {
    records: records.rows.map((row) => row.image),
    resources: resources.rows.map((row) => /"image": ?"([^"]*)"/.exec(row.value)?.[1]),
  };
}

it("cancelling in the middle of roll runs its undo and ensure, and leaves the cluster as it was", async () => {
  const path = join(stack.home, "shop.coppice");
  writeFileSync(
    path,
    `plugin fake from "${join(root, "plugins/fake")}" { allow state  with { latency: 100ms } }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: 8 in 1..10 }

action roll(cluster: Cluster<fake.server>, image: String) {
  for node in cluster.nodes batch 2 {
    let old = node.profile.image
    node.update(image: image) undo node.update(image: old)
    wait 300ms
  } ensure {
    emit "rolled" { cluster: cluster.name, image: image }
  }
}
`,
  );
  await stack.apply(path);
  const id = await stack.begin("shop", "roll", { cluster: "shop", image: "web:2" });
  await stack.until("select count(*) >= 3 from intent where action_id = $1 and state = 'done'", [id]);
  const ran = await stack.cli("cancel", id);
  expect(ran.code, ran.stderr).toBe(0);

  expect(await stack.end(id)).toMatchObject({ status: "CANCELLED" });
  const old = Array.from({ length: 8 }, () => "web:1");
  expect(await images("shop")).toEqual({ records: old, resources: old });
  const events = await stack.pool.query("select name from event where action_id = $1 order by seq", [id]);
  expect(events.rows.map((row) => row.name)).toEqual(["action.start", "rolled", "action.end"]);
  const undone = await stack.pool.query(
    "select count(*)::integer as n from intent where action_id = $1 and call_id like '%undo%' and state = 'done'",
    [id],
  );
  expect(undone.rows[0].n).toBeGreaterThan(0);
  const cluster = await stack.api("GET", "/v1/clusters/shop");
  expect(cluster.body.cluster.status).toBe("ACTIVE");
  const { status } = await stack.temporal.workflow.getHandle(id).describe();
  expect(status.name).toBe("CANCELLED");

  // The cluster's mailbox is free again.
  const next = await stack.begin("shop", "CLUSTER_SCALE_OUT", { cluster: "shop", count: 1 });
  expect(await stack.end(next)).toMatchObject({ status: "SUCCEEDED" });
});

it("an action that waits for its turn is cancelled at once", async () => {
  const first = await stack.begin("shop", "roll", { cluster: "shop", image: "web:3" });
  const second = await stack.begin("shop", "CLUSTER_SCALE_IN", { cluster: "shop", count: 1 });
  expect((await stack.api("POST", `/v1/actions/${second}/cancel`)).status).toBe(202);
  expect(await stack.end(second)).toMatchObject({ status: "CANCELLED" });
  expect(await stack.end(first)).toMatchObject({ status: "SUCCEEDED" });
});
