import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ran, root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

const folder = mkdtempSync(path.join(tmpdir(), "coppice-plan-"));
const file = path.join(folder, "shop.coppice");
const saved = path.join(folder, "shop.plan");
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

function write(q: { image: string; size: number; least: number; labels?: string; more?: string }): void {
  writeFileSync(
    file,
    `plugin fake from "${path.join(root, "plugins/fake")}" {
  allow state
}
profile small = fake.server {
  image: "${q.image}"
  memory: 256MiB
}
cluster web {
  profile: small
  size: ${q.size} in 1..9
  labels: { ${q.labels ?? 'env: "test"'} }
  policies: [careful(least: ${q.least}%)]
}
policy careful(least: Percent) {
  before resize, scale_in when cluster.size > 1 {
    deny "too few" when request.remaining < cluster.size * least
  }
  before update {
    batch 2
  }
}
action look(cluster: Cluster<fake.server>) {
  let servers = fake.servers()
  if servers.count() > 100 {
    cluster.scale_in(1)
  } else {
    emit "few" { servers: servers.count() }
  }
}
${q.more ?? ""}`,
  );
}

/** Without what differs from run to run. */
function told(ran: Ran): string {
  return ran.stdout
    .replaceAll(folder, "FOLDER")
    .replaceAll(root, "ROOT")
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, "ID")
    .replaceAll(/\b[0-9a-f]{12}\b/g, "HASH")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/in [\d.]+ m?s\b/g, "in SECONDS");
}

const golden = (ran: Ran, name: string) => expect(told(ran)).toMatchFileSnapshot(`plan/${name}.txt`);

it("plans, keeps the plan, and applies just that", async () => {
  write({ image: "web:1", size: 3, least: 50 });
  const planned = await stack.cli("plan", file, "-o", saved);
  expect(planned.code, planned.stderr).toBe(0);
  await golden(planned, "plan-of-something-new");
  const applied = await stack.cli("apply", saved, "--yes");
  expect(applied.code, applied.stdout + applied.stderr).toBe(0);
  const again = await stack.cli("plan", file);
  expect(again.stdout).toContain("No changes: what is there is what the program says.");
});

it("shows changes item by item, which nodes they mean, and who has a say", async () => {
  write({
    image: "web:2",
    size: 5,
    least: 80,
    labels: 'env: "prod", team: "shop"',
    more: 'every "Mon-Fri 02:30" in "Europe/Paris" {\n  look(web)\n}\n',
  });
  await golden(await stack.cli("plan", file), "plan-of-a-change");
  const impact = await stack.cli("impact", file);
  expect(impact.code, impact.stderr).toBe(0);
  await golden(impact, "impact");
});

it("refuses a kept plan when something has moved, and says what, with an exit code of its own", async () => {
  expect((await stack.cli("plan", file, "-o", saved)).code).toBe(0);
  const moved = await stack.cli("run", "CLUSTER_RESIZE", "cluster=web", "size=2");
  expect(moved.code, moved.stdout + moved.stderr).toBe(0);
  const refused = await stack.cli("apply", saved, "--yes");
  expect(refused.code).toBe(8);
  expect(refused.stderr).toContain("what the plan was made from has moved since; nothing was changed");
  expect(refused.stderr).toMatch(/ {2}- cluster web: its size was 3, now it is 2\n/);
  expect(refused.stderr).toMatch(/ {2}- cluster web: node web-\d is gone\n/);
  const json = await stack.cli("apply", saved, "--yes", "--json");
  expect(JSON.parse(json.stdout).error).toMatchObject({ exit_code: 8, details: { type: "plan-moved" } });
  writeFileSync(saved, readFileSync(saved, "utf8").slice(0, 200));
  expect((await stack.cli("apply", saved, "--yes")).code).toBe(2);
});

it("lists versions, compares two, and goes back to one", async () => {
  const applied = await stack.cli("apply", file, "--yes");
  expect(applied.code, applied.stdout + applied.stderr).toBe(0);
  await golden(await stack.cli("programs", "diff", "shop", "1", "2"), "programs-diff");
  const text = await stack.cli("programs", "show", "shop@1");
  expect(text.stdout).toContain('image: "web:1"');
  const back = await stack.cli("rollback", "shop", "--yes");
  expect(back.code, back.stdout + back.stderr).toBe(0);
  await golden(back, "rollback");
  const versions = await stack.cli("programs", "list", "shop", "--json");
  expect(JSON.parse(versions.stdout).versions).toMatchObject([
    { version: 3, current: true, restores: 1 },
    { version: 2, current: false, restores: null },
    { version: 1, current: false, restores: null },
  ]);
  const images = await stack.pool.query(
    "select distinct (select properties ->> 'image' from profile p where p.id = n.profile_id) as image from node n",
  );
  expect(images.rows).toEqual([{ image: "web:1" }]);
  expect((await stack.cli("rollback", "shop", "9", "--yes")).code).toBe(6);
});

it("rehearses an action over what is there: the same nodes as the run takes", async () => {
  const planned = await stack.cli("plan", "run", "CLUSTER_RESIZE", "cluster=web", "size=2", "--json");
  expect(planned.code, planned.stderr).toBe(0);
  const { steps } = JSON.parse(planned.stdout);
  const chosen = steps.find((step: { what: string }) => step.what === "delete").nodes;
  await golden(await stack.cli("plan", "run", "look", "cluster=web"), "plan-run-look");
  const denied = await stack.cli("plan", "run", "CLUSTER_RESIZE", "cluster=web", "size=1");
  expect(denied.code).toBe(1);
  await golden(denied, "plan-run-denied");

  const before = await stack.pool.query("select name from node");
  const ran = await stack.cli("run", "CLUSTER_RESIZE", "cluster=web", "size=2");
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  const after = await stack.pool.query("select name from node");
  const left = new Set(after.rows.map((row) => row.name));
  const gone = before.rows.map((row) => row.name).filter((name) => !left.has(name));
  expect(gone.sort()).toEqual([...chosen].sort());
});

it("explains actions and nodes", async () => {
  expect((await stack.cli("run", "CLUSTER_RESIZE", "cluster=web", "size=3")).code).toBe(0);
  const ran = await stack.cli("run", "CLUSTER_RESIZE", "cluster=web", "size=1");
  expect(ran.code).toBe(1);
  const { rows } = await stack.pool.query("select id from action where status = 'FAILED' order by seq desc");
  const explained = await stack.cli("explain", rows[0].id);
  expect(explained.code, explained.stderr).toBe(0);
  await golden(explained, "explain-action");
  const node = await stack.pool.query("select name from node order by name limit 1");
  const ofNode = await stack.cli("explain", node.rows[0].name);
  expect(ofNode.code, ofNode.stderr).toBe(0);
  expect(ofNode.stdout).toMatch(/What was done with it, newest first\n {2}.* converge done/);
  expect((await stack.cli("explain", "nobody")).code).toBe(6);
});
