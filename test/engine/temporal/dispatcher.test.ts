import pino from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { cancelAction } from "../../../engine/actions/cancel-action.ts";
import { createTemporalClient } from "../../../engine/temporal/client.ts";
import { type Dispatcher, startDispatcher } from "../../../engine/temporal/dispatcher.ts";
import { reconcile } from "../../../engine/temporal/reconciler.ts";
import { registerSearchAttributes } from "../../../engine/temporal/search-attributes.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { createTestDatabase, serviceAddress, type TestDatabase } from "../../support/database.ts";
import { freePort } from "../../support/postgres.ts";
import { applyText, programText, submit, uploadFake } from "../../support/programs.ts";
import { startTemporalAt } from "../../support/temporal.ts";

const logger = pino({ level: "silent" });
let db: TestDatabase;
let dispatchers: Dispatcher[];

beforeEach(async () => {
  db = await createTestDatabase();
  dispatchers = [];
  await uploadFake(db.pool);
  return async () => {
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
    await db.drop();
  };
});

async function dispatchTo(address: string) {
  const client = createTemporalClient({ address });
  dispatchers.push(await startDispatcher({ pool: db.pool, databaseUrl: db.url, client, logger }));
  return client;
}

/** Until `look` gives something: database and server are other processes, which tell nobody here. */
async function eventually<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  const until = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error("waited 20 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function outboxIsEmpty(kind = "start") {
  const left = await db.pool.query("select from outbox where kind = $1 and not_before < 'infinity'", [kind]);
  return left.rowCount === 0;
}

describe("with a server", () => {
  it("starts each action once, under its own name and id, with what the UI shows", async () => {
    const address = await serviceAddress("temporal");
    const client = await dispatchTo(address);
    await dispatchTo(address);
    await registerSearchAttributes(client);
    const clusters = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`web${n}`, "size: 0 in 0..9"]));
    const { actions } = await applyText(db.pool, programText(clusters));
    await eventually(async () => outboxIsEmpty());
    for (const action of actions) {
      const run = await client.workflow.getHandle(action.id).describe();
      expect(run).toMatchObject({
        type: "CLUSTER_CREATE",
        taskQueue: "coppice",
        memo: { planHash: action.plan_hash },
      });
      expect(run.typedSearchAttributes.getAll().map((pair) => [pair.key.name, pair.value])).toEqual(
        expect.arrayContaining([
          ["CoppiceProject", "default"],
          ["CoppiceCluster", action.target_name],
          ["CoppiceAction", "CLUSTER_CREATE"],
          ["CoppiceCause", "Program Apply"],
        ]),
      );
      expect(await run.staticSummary()).toBe(`create ${action.target_name}`);
      expect(await run.staticDetails()).toMatch(
        /Makes the nodes.*workflows\/library\/cluster-create\.coppice:\d+/s,
      );
    }
    const held = await db.pool.query("select count(*)::integer as count from mailbox where held");
    expect(held.rows[0].count).toBe(12);
    const runs = await db.pool.query("select count(distinct run_id)::integer as count from action");
    expect(runs.rows[0].count).toBe(12);
  });

  it("starts the next action when the one before has ended, and summarises a resize", async () => {
    const client = await dispatchTo(await serviceAddress("temporal"));
    const { actions } = await applyText(db.pool, programText());
    const resize = await submit(db.pool, "CLUSTER_RESIZE", { cluster: "web", size: 5 });
    await eventually(() => outboxIsEmpty());
    const steps = createLocalActivities({ pool: db.pool });
    await steps.beginAction({ actionId: actions[0]!.id, planHash: "" });
    await expect(steps.beginAction({ actionId: resize.id, planHash: "" })).rejects.toThrow("isn't the turn");
    const end = { status: "SUCCEEDED", reason: "", failure: null, outputs: null, decisions: [] } as const;
    await steps.finishAction({ actionId: actions[0]!.id, ...end });
    const run = await eventually(() =>
      client.workflow
        .getHandle(resize.id)
        .describe()
        .catch(() => null),
    );
    expect(await run.staticSummary()).toBe("resize web 3 → 5");
  });

  it("cancels the run of an action that has begun", async () => {
    const client = await dispatchTo(await serviceAddress("temporal"));
    const { actions } = await applyText(db.pool, programText());
    const actionId = actions[0]!.id;
    await eventually(() => outboxIsEmpty());
    await createLocalActivities({ pool: db.pool }).beginAction({ actionId, planHash: "" });
    const row = await cancelAction(db.pool, { projectId: "default", actionId, requestedBy: "ann" });
    expect(row).toMatchObject({ status: "RUNNING", control: "CANCEL" });
    const asked = await eventually(async () => {
      const history = await client.workflow.getHandle(actionId).fetchHistory();
      return history.events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes != null);
    });
    expect(asked).toBe(true);
  });

  it("ends actions whose run is closed or unknown, and releases their clusters", async () => {
    const client = await dispatchTo(await serviceAddress("temporal"));
    const { actions } = await applyText(db.pool, programText({ a: "size: 0 in 0..9", b: "size: 0 in 0..9" }));
    await eventually(() => outboxIsEmpty());
    const [first] = actions;
    await client.workflow.getHandle(first!.id).terminate("by an operator");
    const q = { pool: db.pool, client, logger, olderThanSeconds: 0 };
    expect(await reconcile(q)).toEqual([first!.id]);
    expect(await reconcile(q)).toEqual([]);
    const rows = await db.pool.query(
      "select status, status_reason, failure ->> 'code' as code from action order by seq",
    );
    expect(rows.rows[0]).toEqual({
      status: "FAILED",
      status_reason: "its run ended as TERMINATED without finishing the action",
      code: "run-ended",
    });
    expect((await db.pool.query("select from mailbox where action_id = $1", [first!.id])).rowCount).toBe(0);
  });
});

describe("without a server at first", () => {
  it("keeps what was accepted and starts it once Temporal is there; a lost server's runs are ended", async () => {
    const port = await freePort();
    const client = await dispatchTo(`127.0.0.1:${port}`);
    const { actions } = await applyText(db.pool, programText());
    const actionId = actions[0]!.id;
    await eventually(async () => {
      const waits = await db.pool.query(
        "select last_error, attempts from outbox where last_error is not null",
      );
      return (waits.rowCount ?? 0) > 0;
    });
    const server = await startTemporalAt({ port });
    try {
      const run = await eventually(() =>
        client.workflow
          .getHandle(actionId)
          .describe()
          .catch(() => null),
      );
      expect(run.status.name).toBe("RUNNING");
      await eventually(() => outboxIsEmpty());
    } finally {
      await server.stop();
    }
    const empty = await startTemporalAt({ port }); // it kept nothing: it was in memory
    try {
      const q = { pool: db.pool, client, logger, olderThanSeconds: 0 };
      expect(await eventually(() => reconcile(q).catch(() => null))).toEqual([actionId]);
    } finally {
      await empty.stop();
    }
    const row = await db.pool.query("select status, failure ->> 'code' as code from action");
    expect(row.rows).toEqual([{ status: "FAILED", code: "run-lost" }]);
  });
});
