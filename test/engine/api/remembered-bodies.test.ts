import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { isLasting } from "../../../engine/api/bodies/maintenance.ts";
import { toNodeBody } from "../../../engine/api/bodies/node.ts";
import { RememberedBodies } from "../../../engine/api/remembered-bodies.ts";
import { type ClusterDetail, listedClusters } from "../../../engine/store/find-cluster.ts";
import { listedNodes, type NodeDetail } from "../../../engine/store/list-nodes.ts";
import { type ListedKind, listRows, type PageQuery } from "../../../engine/store/list-rows.ts";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
let clusterId: string;

beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  const own = await applyText(db.pool, programText());
  await applyText(db.pool, programText(), { projectId: "other" });
  const actionId = own.actions[0]!.id;
  clusterId = own.actions[0]!.cluster_id!;
  await holdMailboxes(db.pool, { actionId });
  const steps = createLocalActivities({ pool: db.pool });
  await steps.beginAction({ actionId, planHash: "" });
  await steps.addNodes({ actionId, callId: "a-1", clusterId, count: 5 });
  return () => db.drop();
});

/** How many bodies were written anew, and pages that are checked against what the rows say now. */
function remembered(kind: ListedKind) {
  let written = 0;
  const bodies = new RememberedBodies<ClusterDetail | NodeDetail>(kind, {
    toBody: (row) => ({ ...row }),
    isLasting,
  });
  const toJson = (body: object) => {
    written += 1;
    return JSON.stringify(body);
  };
  const query = (more: Partial<PageQuery> = {}): PageQuery => ({
    scope: { projectId: null },
    filters: {},
    sort: [{ key: "name", direction: "asc" }],
    marker: null,
    limit: null,
    ...more,
  });
  return async (more: Partial<PageQuery> = {}) => {
    written = 0;
    const page = await bodies.read(db.pool, query(more), { microversion: 15, toJson });
    const told = JSON.parse(`[${Buffer.concat(page.pieces).toString().slice(0, -1)}]`).map((row: object) => ({
      ...row,
      version: null,
    }));
    const now = await listRows<ClusterDetail>(db.pool, kind, query(more));
    const expected = JSON.parse(JSON.stringify(now)) as object[];
    expect(told).toEqual(expected.map((row) => ({ ...row, version: null, written_by: expect.anything() })));
    expect(page.rows.map(({ id }) => id)).toEqual(now.map(({ id }) => id));
    return written;
  };
}

const clusterChanges: readonly (readonly [what: string, sql: string, rows: number])[] = [
  ["its status", "update cluster set status = 'WARNING' where id = $1", 1],
  ["its name, so its place", "update cluster set name = 'zzz' where id = $1", 1],
  ["a node that joins", "update node set index = index + 100 where cluster_id = $1 and index = 1", 1],
  ["a node that goes", "delete from node where cluster_id = $1 and index = 2", 1],
  ["a node that stands by", "update node set standby = true where cluster_id = $1 and index = 3", 1],
  [
    "its profile's name",
    "update profile set name = 'p2' where id = (select profile_id from cluster where id = $1)",
    1,
  ],
  [
    "a policy of its own",
    `with p as (insert into policy (id, project_id, name, type, spec, definition)
        select gen_random_uuid(), project_id, 'p', 't-1.0', '{}', 'p' from cluster where id = $1 returning id, project_id)
      insert into binding (id, project_id, cluster_id, policy_id, position, arguments, enforce, enabled, created_at)
        select gen_random_uuid(), project_id, $1, id, 1, '{}', '{}', true, now() from p`,
    1,
  ],
  ["nothing of it", "update node set status = 'ERROR' where cluster_id = $1", 0],
];

it("tells clusters as they are, and writes only what changed", async () => {
  const read = remembered(listedClusters);
  expect(await read()).toBe(2);
  expect(await read()).toBe(0);
  for (const [what, sql, rows] of clusterChanges) {
    await db.pool.query(sql, [clusterId]);
    expect(await read(), what).toBe(rows);
    expect(await read(), what).toBe(0);
  }
  await db.pool.query("delete from node where cluster_id = $1", [clusterId]);
  expect(await read()).toBe(1);
});

it("tells nodes as they are, whole, filtered, by pages and in each project alone", async () => {
  const read = remembered(listedNodes);
  expect(await read()).toBe(5);
  await db.pool.query("update node set status = 'ERROR' where index = 2");
  expect(await read({ filters: { status: ["ERROR"] } })).toBe(1);
  expect(await read({ filters: { status: ["INIT"] } })).toBe(0);
  expect(await read({ limit: 2, sort: [{ key: "index", direction: "desc" }] })).toBe(0);
  const { rows } = await db.pool.query("select id from node order by index limit 1");
  expect(await read({ marker: rows[0].id, sort: [{ key: "index", direction: "asc" }], limit: 2 })).toBe(0);
  expect(await read({ scope: { projectId: "other" } })).toBe(0);
  await db.pool.query("update profile set name = 'renamed'");
  expect(await read()).toBe(5);
  await db.pool.query("delete from node where index = 4");
  expect(await read()).toBe(0);
});

it("tells that a maintenance is over, though its row stays as it is", async () => {
  const bodies = new RememberedBodies<NodeDetail>(listedNodes, { toBody: toNodeBody, isLasting });
  const query = { scope: { projectId: null }, filters: {}, sort: [], marker: null, limit: 1 };
  const maintenance = async () => {
    const { pieces } = await bodies.read(db.pool, query, { microversion: 15, toJson: JSON.stringify });
    return JSON.parse(pieces.toString().slice(0, -1)).maintenance;
  };
  const until = Date.UTC(2030, 0, 1);
  await db.pool.query("update node set maintenance = $1", [{ until }]);
  expect(await maintenance()).toEqual({ until: "2030-01-01T00:00:00Z" });
  vi.useFakeTimers({ toFake: ["Date"], now: until + 1 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await maintenance()).toBe(null);
});

it("keeps each microversion's bodies apart", async () => {
  const bodies = new RememberedBodies<NodeDetail>(listedNodes, {
    toBody: (row, microversion) => ({ id: row.id, microversion }),
    isLasting,
  });
  const query = { scope: { projectId: null }, filters: {}, sort: [], marker: null, limit: 1 };
  for (const microversion of [1, 15, 1] as const) {
    const { pieces } = await bodies.read(db.pool, query, { microversion, toJson: JSON.stringify });
    expect(JSON.parse(pieces.toString().slice(0, -1))).toMatchObject({ microversion });
  }
});
