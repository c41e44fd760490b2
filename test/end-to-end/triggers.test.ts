import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  const path = join(stack.home, "shop.coppice");
  writeFileSync(
    path,
    `plugin fake from "${join(root, "plugins/fake")}" { allow state }
profile web = fake.server { image: "web:1" }
cluster shop { profile: web size: 2 in 1..10 }

every 10s { shop.scale_out() }
every "Fri 18:00" in "Europe/Paris" { shop.resize(8) }
on fake.server_failed as e when shop.nodes.any(n => n.physical_id == e.server) { heal(e.reason) }
on coppice.emitted as e when e.name == "healed" { note() }

action heal(why: String) {
  shop.recover()
  emit "healed" { why: why }
}
action note() { emit "noted" {} }
`,
  );
  await stack.apply(path);
});
afterAll(() => stack.stop());

const endOf = async (name: string) => {
  await stack.until("select exists (select from action where action = $1)", [name]);
  const found = await stack.pool.query<{ id: string }>(
    "select id from action where action = $1 order by seq",
    [name],
  );
  return stack.end(found.rows[0]?.id ?? "");
};

it("a schedule starts its action by the clock, until it is paused", async () => {
  expect(await endOf("every_10s")).toMatchObject({ status: "SUCCEEDED" });
  const paused = await stack.cli("triggers", "pause", "every_10s");
  expect(paused.stdout).toBe("every_10s is paused.\n");
  await stack.until("select every.known = every.wanted from trigger every where name = 'every_10s'");
  const cause = await stack.pool.query(
    "select distinct cause, requested_by from action where action = 'every_10s'",
  );
  expect(cause.rows).toEqual([{ cause: "Schedule every_10s", requested_by: "local" }]);
});

it("coppice triggers lists them with their next time, and fires one", async () => {
  const listed = JSON.parse((await stack.cli("triggers", "--json")).stdout);
  const summary = listed.triggers.map((t: { name: string; status: string; next_times: string[] }) => [
    t.name,
    t.status,
    t.next_times.length > 0,
  ]);
  expect(summary).toEqual([
    ["every_10s", "paused", false],
    ["every_fri_18_00", "active", true],
    ["on_coppice_emitted", "active", false],
    ["on_fake_server_failed", "active", false],
  ]);
  const fired = await stack.cli("triggers", "fire", "every_fri_18_00");
  expect(fired.code, fired.stderr).toBe(0);
  expect(await stack.end(fired.stdout.trim())).toMatchObject({ status: "SUCCEEDED" });
  const unknown = await stack.cli("triggers", "fire", "every_fri_18");
  expect([unknown.code, unknown.stderr]).toEqual([
    6,
    expect.stringContaining("Did you mean every_fri_18_00?"),
  ]);
});

it("an event of a plugin starts a listener, whose own event starts the next", async () => {
  const [node] = (await stack.pool.query("select physical_id from node limit 1")).rows;
  const nobody = await stack.cli("events", "send", "fake.maintenance", "zone=a", "within=5m");
  expect(nobody.stdout).toBe("Nobody listens to fake.maintenance.\n");
  const wrong = await stack.cli("events", "send", "fake.server_failed", "server=x");
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("reason is missing")]);
  const sent = await stack.cli(
    "events",
    "send",
    "fake.server_failed",
    `server=${node.physical_id}`,
    "reason=power",
  );
  expect(sent.stdout).toBe("fake.server_failed was sent to 1 listener.\n");
  expect(await endOf("on_fake_server_failed")).toMatchObject({ status: "SUCCEEDED" });
  expect(await endOf("on_coppice_emitted")).toMatchObject({ status: "SUCCEEDED" });
  const depths = await stack.pool.query(
    "select action, depth, cause from action where depth > 0 order by depth",
  );
  expect(depths.rows).toEqual([
    { action: "on_fake_server_failed", depth: 1, cause: "Event fake.server_failed" },
    { action: "on_coppice_emitted", depth: 2, cause: "Event coppice.emitted" },
  ]);
});
