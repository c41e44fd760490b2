import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { homeAt, makeHome } from "../../../engine/stack/home.ts";
import { initializePostgres, postgresPassword } from "../../../engine/stack/postgres-data.ts";
import { postgresFiles } from "../../../engine/stack/postgres-files.ts";
import { postgresAccount } from "../../../engine/stack/run-as.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const account = postgresAccount();

it("makes the data once, for the right user, and leaves no password lying about", () => {
  const home = homeAt(path.join(temporaryFolder(), "home"));
  makeHome(home);
  mkdirSync(path.join(home.folder, "postgres.new.1")); // of a start that was killed
  const files = postgresFiles(home, account);
  expect(files.data).toBe(home.postgres);
  initializePostgres(home, files, account);
  expect(readFileSync(path.join(files.data, "PG_VERSION"), "utf8")).toBe("18\n");
  expect(existsSync(path.join(home.folder, "postgres.new.1"))).toBe(false);
  expect(statSync(home.postgresPassword).mode & 0o777).toBe(0o600);
  if (account !== null) expect(statSync(files.data).uid).toBe(account.uid);
  const made = statSync(files.data).ctimeMs;
  initializePostgres(home, files, account);
  expect(statSync(files.data).ctimeMs).toBe(made);
  expect(postgresPassword(home)).toHaveLength(32);
});

it.each([
  ["no PG_VERSION", {}, "it has no readable PG_VERSION"],
  ["another major version", { PG_VERSION: "15\n" }, "it was made by Postgres 15, not 18"],
  ["no control file", { PG_VERSION: "18\n" }, "its file global/pg_control is missing"],
])("refuses data with %s, and says how to go on", (_what, contents, why) => {
  const home = homeAt(temporaryFolder());
  const files = { ...postgresFiles(home, account), data: home.postgres };
  mkdirSync(home.postgres);
  for (const [name, text] of Object.entries(contents)) writeFileSync(path.join(home.postgres, name), text);
  expect(() => initializePostgres(home, files, account)).toThrow(why);
  expect(() => initializePostgres(home, files, account)).toThrow(
    expect.objectContaining({
      code: "bad-data",
      help: expect.stringContaining("coppice up --set-aside postgres"),
    }),
  );
});

it.skipIf(account === null)(
  "as root puts the data where Postgres' user may enter, below a closed home",
  () => {
    const closed = temporaryFolder();
    chmodSync(closed, 0o700);
    const home = homeAt(path.join(closed, "home"));
    makeHome(home);
    expect(postgresFiles(home, account).data).toMatch(/^\/var\/lib\/coppice\/[0-9a-f]{12}\/postgres$/);
  },
);
