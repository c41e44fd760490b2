import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { migrate, migrationsFolder, missingMigrations } from "../../../engine/store/migrate.ts";
import { createPool } from "../../../engine/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

describe("migrate", () => {
  let db: TestDatabase;
  beforeEach(async () => {
    db = await createTestDatabase({ empty: true });
    return () => db.drop();
  });

  it("runs every file once and nothing the second time", async () => {
    expect(await missingMigrations(db.pool)).toContain("0001-first-tables.sql");
    expect(await migrate(db.pool)).toContain("0001-first-tables.sql");
    expect(await missingMigrations(db.pool)).toEqual([]);
    expect(await migrate(db.pool)).toEqual([]);
  });

  it("lets one of many processes work while the others wait", async () => {
    const pools = Array.from({ length: 4 }, () => createPool({ url: db.url, max: 1 }));
    const ran = await Promise.all(pools.map((pool) => migrate(pool)));
    await Promise.all(pools.map((pool) => pool.end()));
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
  });

  it("refuses a file that was changed after it ran, and undoes one that fails", async () => {
    const folder = copyOfMigrations();
    await migrate(db.pool, folder);
    const next = String(readdirSync(folder).length + 1).padStart(4, "0");
    writeFileSync(new URL(`${next}-broken.sql`, folder), "create table half (id integer); select nonsense;");
    await expect(migrate(db.pool, folder)).rejects.toThrow(
      /\d{4}-broken\.sql failed and was undone.*nonsense/,
    );
    const half = await db.pool.query("select to_regclass('half') as half");
    expect(half.rows[0].half).toBeNull();

    const first = new URL("0001-first-tables.sql", folder);
    writeFileSync(first, `${readFileSync(first, "utf8")}\n-- edited`);
    await expect(migrate(db.pool, folder)).rejects.toThrow("0001-first-tables.sql was changed after");
  });
});

function copyOfMigrations(): URL {
  const folder = mkdtempSync(join(tmpdir(), "coppice-migrations-"));
  cpSync(fileURLToPath(migrationsFolder), folder, { recursive: true });
  return pathToFileURL(`${folder}/`);
}
