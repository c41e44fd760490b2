import { beforeEach, expect, it, onTestFinished } from "vitest";
import { libraryPlan } from "../../../engine/actions/library-plan.ts";
import { configOf } from "../../../engine/config/config-of.ts";
import { installConfig } from "../../../engine/config/current-config.ts";
import { findPlan, findPlanOfAction, insertPlan } from "../../../engine/store/find-plan.ts";
import { findSecret } from "../../../engine/store/find-secret.ts";
import { loadPluginUse } from "../../../engine/store/load-plugin-use.ts";
import type { Queryable } from "../../../engine/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
let asked: string[];
/** The database, noting the names of the statements. */
let noting: Queryable;

beforeEach(async () => {
  db = await createTestDatabase();
  asked = [];
  noting = {
    query: (statement: { readonly name: string }) => {
      asked.push(statement.name);
      return db.pool.query(statement as never);
    },
  } as unknown as Queryable;
  return () => db.drop();
});

it("reads a plan once, for its project alone", async () => {
  const plan = libraryPlan();
  const [one, other] = ["one", "other"].map((project) => ({
    projectId: `${project}-${process.hrtime.bigint()}`, // another test's would be known here
    hash: plan.hash,
  })) as [{ projectId: string; hash: string }, { projectId: string; hash: string }];
  expect(await findPlan(noting, one)).toBeNull();
  await insertPlan(db.pool, { projectId: one.projectId, plan });
  const found = await findPlan(noting, one);
  expect(found).toEqual(plan);
  expect(await findPlan(noting, one)).toBe(found);
  expect(await findPlan(noting, other)).toBeNull();
  expect(asked).toEqual(["find-plan", "find-plan", "find-plan"]);
});

it("gives what an action's calls need of its plan", async () => {
  installConfig(configOf({ COPPICE_SECRET_ENV: "SHOP_PASSWORD" }));
  onTestFinished(() => installConfig(null));
  await uploadFake(db.pool);
  const secret = 'secret password = env("SHOP_PASSWORD")\n';
  const { actions } = await applyText(db.pool, secret + programText({ web: "size: 1 in 0..9" }));
  const actionId = actions[0]?.id as string;
  const found = await findPlanOfAction(noting, { actionId });
  expect(found).toMatchObject({ projectId: "default", plan: { hash: actions[0]?.plan_hash } });
  expect(await loadPluginUse(noting, { actionId, plugin: "fake" })).toEqual({
    projectId: "default",
    use: found?.plan.plugins["fake"],
  });
  expect(await loadPluginUse(noting, { actionId, plugin: "constructor" })).toBeNull();
  const named = { actionId, profileId: null };
  expect(await findSecret(noting, { ...named, name: "password" })).toEqual(found?.plan.secrets["password"]);
  expect(await findSecret(noting, { ...named, name: "toString" })).toBeNull();
  expect(asked.filter((name) => name === "find-plan")).toHaveLength(1);
  const nobody = "01890000-0000-7000-8000-000000000000";
  expect(await findPlanOfAction(noting, { actionId: nobody })).toBeNull();
});

it("gives a secret that the program dropped, where the node's profile knows it", async () => {
  await uploadFake(db.pool);
  const { actions } = await applyText(db.pool, programText({ web: "size: 1 in 0..9" }));
  const actionId = actions[0]?.id as string;
  const known = { source: "env", name: "OLD" };
  const changed = await db.pool.query("update profile set secrets = $1 returning id", [{ old: known }]);
  const profileId: string = changed.rows[0].id;
  expect(await findSecret(db.pool, { actionId, profileId, name: "old" })).toEqual(known);
  expect(await findSecret(db.pool, { actionId, profileId, name: "older" })).toBeNull();
});
