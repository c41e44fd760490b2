import type { Client } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findTrigger, pauseTrigger } from "../../../engine/store/triggers.ts";
import { createTemporalClient } from "../../../engine/temporal/client.ts";
import { keepSchedules, renewLostSchedules } from "../../../engine/temporal/schedule-keeper.ts";
import { nextTimes } from "../../../engine/temporal/schedules.ts";
import { startTriggerLoop } from "../../../engine/temporal/trigger-loop.ts";
import { createWorker } from "../../../engine/worker/create-worker.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { createTriggerActivities } from "../../../engine/worker/trigger-activities.ts";
import type { OutsideActivities } from "../../../workflows/activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { freePort } from "../../support/postgres.ts";
import { applyText, programText, uploadFake } from "../../support/programs.ts";
import type { Service } from "../../support/services.ts";
import { startTemporal } from "../../support/temporal.ts";

const logger = pino({ level: "silent" });
/** One of its own: a worker here takes whatever is on the task queue. */
let temporal: Service;
let address: string;
beforeAll(async () => {
  temporal = await startTemporal();
  address = temporal.address;
});
afterAll(() => temporal.stop());

let db: TestDatabase;
let client: Client;
/** One to a test: schedules are the whole server's. */
let program: string;
let number = 0;

beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  client = createTemporalClient({ address: address });
  number += 1;
  program = `clock-${process.pid}-${number}`;
});
afterEach(async () => {
  await applyText(db.pool, programText(), { path: `${program}.coppice` });
  await keep();
  await client.connection.close();
  await db.drop();
});

const apply = (...triggers: string[]) =>
  applyText(db.pool, `${programText()}\n${triggers.join("\n")}`, { path: `${program}.coppice` });
const keep = async () => {
  while ((await keepSchedules({ pool: db.pool, client, logger })) > 0);
};
const trigger = async (name: string) =>
  (await findTrigger(db.pool, { projectId: "default", program, name }))!;
const describeSchedule = (name: string) => client.schedule.getHandle(`default/${program}/${name}`).describe();
async function eventually<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  const until = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error("waited 20 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("a program's schedules in Temporal", () => {
  it("have its words: zone, days, overlap and catch-up, and change with them", async () => {
    await apply(
      'every "Mon,Wed 07:30" in "Europe/Paris" { rest(web) }',
      "every 30m { rest(web) }",
      'every "15 2 * * *" { rest(web) }',
      'at "2035-12-24 20:00" in "America/New_York" { rest(web) }',
    );
    await keep();
    const weekly = await describeSchedule("every_mon_wed_07_30");
    expect(weekly.policies).toMatchObject({ overlap: "SKIP", catchupWindow: 3_600_000 });
    const hours = new Intl.DateTimeFormat("en-GB", {
      timeZone: "Europe/Paris",
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
    });
    const shown = weekly.info.nextActionTimes.map((time) => hours.format(time));
    expect(new Set(shown)).toEqual(new Set(["Mon 07:30", "Wed 07:30"]));
    expect(weekly.memo).toEqual({ project: "default", program, trigger: "every_mon_wed_07_30" });
    const [first, second] = (await describeSchedule("every_30m")).info.nextActionTimes;
    expect(Number(second) - Number(first)).toBe(1_800_000);
    const once = await nextTimes(client, `default/${program}/at_2035_12_24_20_00`);
    expect(once).toEqual([new Date("2035-12-25T01:00:00Z")]);
    const names = await db.pool.query("select name from trigger order by name");
    expect(names.rows.map((row) => row.name)).toHaveLength(4);

    await apply('every "Mon,Wed 07:30" in "Asia/Tokyo" { rest(web) }');
    await keep();
    const moved = await describeSchedule("every_mon_wed_07_30");
    expect(moved.spec.timezone).toBe("Asia/Tokyo");
    await expect(describeSchedule("every_30m")).rejects.toThrow();
    expect((await db.pool.query("select from trigger")).rowCount).toBe(1);
  });

  it("are paused and resumed, and stay so", async () => {
    await apply("every 30m { rest(web) }");
    await keep();
    const { id } = await trigger("every_30m");
    await pauseTrigger(db.pool, { id, paused: true });
    await keep();
    expect((await describeSchedule("every_30m")).state.paused).toBe(true);
    await apply("every 30m { rest(web) }", "every 45m { rest(web) }");
    await keep();
    expect((await describeSchedule("every_30m")).state.paused).toBe(true);
    await pauseTrigger(db.pool, { id, paused: false });
    await keep();
    expect((await describeSchedule("every_30m")).state.paused).toBe(false);
  });

  it("are made again when Temporal lost them", async () => {
    await apply("every 30m { rest(web) }");
    await keep();
    await client.schedule.getHandle(`default/${program}/every_30m`).delete();
    await eventually(async () => (await renewLostSchedules({ pool: db.pool, client, logger })) > 0);
    await keep();
    expect((await describeSchedule("every_30m")).state.paused).toBe(false);
  });

  it("wait while Temporal is away", async () => {
    await apply("every 30m { rest(web) }");
    const nowhere = createTemporalClient({ address: `127.0.0.1:${await freePort()}` });
    expect(await keepSchedules({ pool: db.pool, client: nowhere, logger })).toBe(1);
    await nowhere.connection.close();
    expect((await db.pool.query("select from trigger where wanted <> known")).rowCount).toBe(1);
    const loop = await startTriggerLoop({ pool: db.pool, databaseUrl: db.url, client, logger });
    await eventually(
      async () => (await db.pool.query("select from trigger where wanted = known")).rowCount === 1,
    );
    await loop.stop();
    expect((await describeSchedule("every_30m")).state.paused).toBe(false);
  });
});

it("a schedule that fires starts its action once, and `at` is over then", async () => {
  const connection = await NativeConnection.connect({ address: address });
  const refuse = () => Promise.reject(new Error("nothing here reaches outside"));
  const outside: OutsideActivities = {
    operateNodes: refuse,
    waitUntil: refuse,
    invokeFunction: refuse,
    consultPolicy: refuse,
    shareLock: refuse,
  };
  const activities = {
    ...createLocalActivities({ pool: db.pool }),
    ...createTriggerActivities(db.pool),
    ...outside,
  };
  const worker = await createWorker({ connection, activities });
  const running = worker.run();
  try {
    await apply("every 30m { rest(web) }", 'at "2035-12-24 20:00" { rest(web) }');
    await keep();
    for (const name of ["every_30m", "at_2035_12_24_20_00"]) {
      await client.schedule.getHandle(`default/${program}/${name}`).trigger();
      const action = await eventually(async () => {
        const found = await db.pool.query("select * from action where action = $1", [name]);
        return found.rows[0];
      });
      expect(action).toMatchObject({
        cause: `Schedule ${name}`,
        requested_by: "ann",
        target_name: "web",
        depth: 0,
      });
      expect(action.request_key).toMatch(new RegExp(`^schedule default/${program}/${name}-\\d{4}-`));
    }
    const { info } = await describeSchedule("every_30m");
    expect(info.recentActions).toHaveLength(1);
    // the next one finds that the first has not ended
    await eventually(async () => {
      await client.schedule.getHandle(`default/${program}/every_30m`).trigger();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return (await trigger("every_30m")).last_note?.startsWith("skipped");
    });
    expect((await db.pool.query("select from action where action = 'every_30m'")).rowCount).toBe(1);
    await keep();
    expect(await trigger("at_2035_12_24_20_00")).toMatchObject({ ended: true });
    await expect(describeSchedule("at_2035_12_24_20_00")).rejects.toThrow();
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
  }
});
