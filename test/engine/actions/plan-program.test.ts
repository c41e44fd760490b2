import { beforeEach, expect, it, onTestFinished } from "vitest";
import { planProgram } from "../../../engine/actions/apply-program.ts";
import { configOf } from "../../../engine/config/config-of.ts";
import { installConfig } from "../../../engine/config/current-config.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programRequest, programText, submit, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  return async () => {
    await db.drop();
  };
});

/** Three nodes of `web` as a finished CLUSTER_CREATE leaves them. */
async function withNodes(): Promise<void> {
  await applyText(db.pool, programText());
  await db.pool.query(`
    insert into node (id, project_id, cluster_id, name, index, profile_id, physical_id, status, healthy)
    select gen_random_uuid(), 'default', c.id, 'web-' || i, i, c.profile_id, 'server-' || i, 'ACTIVE', true
    from cluster c, generate_series(1, 3) as i`);
  await db.pool.query("delete from mailbox");
  await db.pool.query("delete from outbox");
  await db.pool.query("update action set status = 'SUCCEEDED'");
  await db.pool.query("update cluster set status = 'ACTIVE'");
}

async function plan(text: string) {
  const planned = await planProgram(db.pool, programRequest(text));
  if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics));
  return planned;
}

const withClass = (text: string) => text.replace('image: "web:1"', 'image: "web:1"\n  class: "large"');

it("says which nodes are updated in place and which are made anew, and why", async () => {
  await withNodes();
  const updated = await plan(programText().replace("web:1", "web:2"));
  expect(updated.starts).toMatchObject([
    {
      action: "CLUSTER_UPDATE",
      cluster: "web",
      why: "its profile differs: image",
      nodes: [{ how: "update", count: 3, names: ["web-1", "web-2", "web-3"] }],
    },
  ]);
  expect(updated.changes.map((change) => [change.kind, change.change])).toEqual([
    ["profile", "update"],
    ["cluster", "update"],
  ]);
  await db.pool.query(
    "update plugin set manifest = jsonb_set(manifest, '{profiles,server,properties,class,updatable}', 'false')",
  );
  const replaced = await plan(withClass(programText()));
  expect(replaced.changes.at(-1)).toMatchObject({ kind: "cluster", change: "replace" });
  expect(replaced.changes.at(-1)?.attributes).toEqual([
    expect.objectContaining({ name: "class", to: "large", type: "String", forces: "replacement" }),
  ]);
  expect(replaced.starts[0]?.nodes).toEqual([
    { how: "replace", count: 3, names: ["web-1", "web-2", "web-3"] },
  ]);
});

it("judges each node by what it is, not by what the program said before", async () => {
  await withNodes();
  await db.pool.query(`update node set changes = '{"image": "web:2"}' where index = 1`);
  await db.pool.query("update node set physical_id = null where index = 3");
  const { starts } = await plan(programText().replace("web:1", "web:2"));
  expect(starts[0]?.nodes).toEqual([
    { how: "update", count: 1, names: ["web-2"] },
    { how: "replace", count: 1, names: ["web-3"] },
  ]);
});

it("names the policies that will have a say, in the order of their turns, with what they may do", async () => {
  await withNodes();
  const policies = `
policy careful(least: Percent = 50%) {
  before resize, update when cluster.size > 1 {
    deny "too few" when request.remaining < cluster.size * least
    batch 2 pause 1s
  }
}
policy old_first {
  before resize priority 10 {
    choose cluster.nodes.sort(n => n.created_at)
  }
}
`;
  const web = "size: 1 in 1..10\n  policies: [careful(least: 80%) enforce warn, old_first]";
  const { starts, changes } = await plan(policies + programText({ web }).replace("web:1", "web:2"));
  expect(starts.map(({ action, inputs, nodes }) => ({ action, inputs, nodes }))).toEqual([
    {
      action: "CLUSTER_UPDATE",
      inputs: {},
      nodes: [{ how: "update", count: 3, names: ["web-1", "web-2", "web-3"] }],
    },
    { action: "CLUSTER_RESIZE", inputs: { size: 1 }, nodes: [{ how: "delete", count: 2, names: [] }] },
  ]);
  const careful = { policy: "careful", phase: "before", may: ["deny", "batch"], enforce: "warn" };
  expect(starts[0]?.policies).toEqual([{ ...careful, conditional: true, place: "shop.coppice:3" }]);
  expect(starts[1]?.policies).toEqual([
    {
      policy: "old_first",
      phase: "before",
      may: ["choose"],
      enforce: "deny",
      conditional: false,
      place: "shop.coppice:9",
    },
    { ...careful, conditional: true, place: "shop.coppice:3" },
  ]);
  const bound = changes.at(-1)?.attributes.find((attribute) => attribute.name === "policies");
  expect(bound?.to).toEqual(["careful(least: 80%) enforce warn", "old_first"]);
});

it("plans a recover of what failed, with the nodes that are sick", async () => {
  await withNodes();
  await db.pool.query("update cluster set status = 'WARNING'");
  await db.pool.query("update node set healthy = false where index = 2");
  const { starts } = await plan(programText());
  expect(starts).toMatchObject([
    {
      action: "CLUSTER_RECOVER",
      why: "its status is WARNING",
      nodes: [{ how: "recover", count: 1, names: ["web-2"] }],
    },
  ]);
});

it("shows changed actions and policies with their lines, and triggers and secrets like everything else", async () => {
  installConfig(configOf({ COPPICE_SECRET_ENV: "SHOP_PASSWORD" }));
  onTestFinished(() => installConfig(null));
  await applyText(db.pool, programText());
  const { changes } = await plan(
    `${programText().replace("wait time\n", "wait 2s\n  wait time\n")}
secret password = env("SHOP_PASSWORD")
every "Fri 18:00" in "Europe/Paris" {
  rest(web)
}
`,
  );
  const rest = changes.find((change) => change.name === "rest");
  expect(rest?.attributes.map((attribute) => attribute.name)).toEqual(["body"]);
  expect(rest?.attributes[0]?.from).toContain("{\n  wait time\n}");
  expect(rest?.attributes[0]?.to).toContain("{\n  wait 2s\n  wait time\n}");
  expect(changes.filter((change) => ["secret", "trigger"].includes(change.kind))).toEqual([
    {
      kind: "secret",
      name: "password",
      change: "create",
      attributes: [{ name: "from", from: null, to: 'env("SHOP_PASSWORD")' }],
    },
    {
      kind: "trigger",
      name: "every_fri_18_00",
      change: "create",
      attributes: [{ name: "starts", from: null, to: "every Fri at 18:00 (Europe/Paris)" }],
    },
  ]);
});

it("applies a plan only while what it was made from is unchanged, and says what has moved", async () => {
  await withNodes();
  const text = withClass(programText());
  const { reads } = await plan(text);
  const moved = async () => {
    const refused = await applyText(db.pool, text, { reads }).catch((error) => error);
    return refused.facts as string[];
  };
  await db.pool.query("update cluster set desired_capacity = 4");
  await db.pool.query("update node set healthy = false where index = 2");
  await db.pool.query("delete from node where index = 3");
  const action = await submit(db.pool, "rest", { cluster: "web" });
  expect(await moved()).toEqual([
    "cluster web: its size was 3, now it is 4",
    `cluster web: the action rest ${action.id} was accepted for it`,
    "cluster web: node web-2 has changed",
    "cluster web: node web-3 is gone",
  ]);
  expect((await db.pool.query("select version from program")).rows).toEqual([{ version: 1 }]);

  const again = await plan(text);
  const applied = await applyText(db.pool, text, { reads: again.reads });
  expect(applied.actions.map((each) => each.action)).toEqual(again.starts.map((each) => each.action));
  expect(await moved()).toContain("program: version 1 was current, now it is version 2");
});
