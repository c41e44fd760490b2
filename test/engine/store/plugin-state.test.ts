import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  compareAndSetPluginState,
  deletePluginState,
  listPluginState,
  setPluginState,
  sizeOfPluginState,
} from "../../../engine/store/plugin-state.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

describe("what plugins keep", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());
  const mine = { projectId: "one", plugin: "lamps" };

  it("is counted with its bytes, by plugin and project, up to a limit", async () => {
    const { pool } = db;
    for (const key of ["a", "b", "c"]) await setPluginState(pool, { ...mine, key, value: key.repeat(100) });
    await setPluginState(pool, { ...mine, projectId: "two", key: "a", value: 1 });
    const { records, bytes } = await sizeOfPluginState(pool, { ...mine, limit: 100 });
    expect(records).toBe(3);
    expect(bytes).toBeGreaterThan(300);
    expect((await sizeOfPluginState(pool, { ...mine, limit: 2 })).records).toBe(2);
    await deletePluginState(pool, { ...mine, key: "a" });
    expect((await sizeOfPluginState(pool, { ...mine, limit: 100 })).records).toBe(2);
    expect(await sizeOfPluginState(pool, { ...mine, plugin: "none", limit: 9 })).toEqual({
      records: 0,
      bytes: 0,
    });
  });

  it("is swapped by one of many", async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, value) =>
        compareAndSetPluginState(db.pool, { ...mine, key: "race", expected: null, value }),
      ),
    );
    expect(all.filter(Boolean)).toHaveLength(1);
    const [kept] = await listPluginState(db.pool, { ...mine, prefix: "race", limit: 10 });
    expect(kept?.value).toBe(all.indexOf(true));
  });
});
