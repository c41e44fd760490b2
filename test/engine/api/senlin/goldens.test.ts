import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Access, createAccess, localAccess } from "../../../../engine/access/create-access.ts";
import { offerStandIn } from "../../../../engine/actions/offer-plugins.ts";
import type { Api } from "../../../../engine/api/app.ts";
import { createServer } from "../../../../engine/api/create-server.ts";
import { configOf } from "../../../../engine/config/config-of.ts";
import { installConfig } from "../../../../engine/config/current-config.ts";
import { insertToken, type Role } from "../../../../engine/store/tokens.ts";
import { createTestDatabase, type TestDatabase } from "../../../support/database.ts";
import { differencesFromGolden, readExchange, readGolden } from "../../../support/exchange/golden-files.ts";
import { playRequests } from "../../../support/exchange/play-requests.ts";
import type { Account } from "../../../support/keystone.ts";

const cloud = fileURLToPath(new URL("../../../../plugins/openstack_test", import.meta.url));

let db: TestDatabase;
let access: Access;
let app: Api;
let url: string;
let accounts: Record<string, Account>;

/** Who asks in the cases: `reader` in the project of `member`, the others in projects of their own. */
const people: readonly [name: string, project: string, role: Role][] = [
  ["member", "project-of-member", "member"],
  ["reader", "project-of-member", "reader"],
  ["other", "project-of-other", "member"],
  ["admin", "project-of-admin", "admin"],
];

beforeEach(async () => {
  db = await createTestDatabase();
  accounts = {};
  for (const [user, project, role] of people) {
    const token = `token-of-${user}-that-nobody-guesses`;
    await insertToken(db.pool, { token, projectId: project, userId: `user-${user}`, role });
    accounts[user] = { token, project, user: `user-${user}` };
  }
  const logger = pino({ level: "silent" });
  await offerStandIn({ pool: db.pool, logger, path: cloud });
  access = await createAccess({ ...localAccess, pool: db.pool, logger });
  app = await createServer({ pool: db.pool, access, logger });
  await app.listen({ host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await app.close();
  await access.close();
  await db.drop();
});

// Those whose requests start actions are in goldens-at-work.test.ts.
describe("answers as Senlin does", () => {
  it.each(["policies", "profiles"])("%s, with Senlin's own faults where they are asked for", async (name) => {
    installConfig(configOf({ COPPICE_SENLIN_FAULTS: "true" }));
    onTestFinished(() => installConfig(null));
    const golden = readGolden(name);
    const faults = readExchange(name).filter(({ title }) => golden.get(title)?.includes('"ESchema"'));
    expect(faults.length).toBeGreaterThan(3);
    for (const answer of await playRequests(faults, { url, accounts }))
      expect(answer.text, answer.request.title).toBe(golden.get(answer.request.title));
  });

  it.each(["versions", "profile-types", "policy-types"])("%s", async (name) => {
    const { wrong } = await differencesFromGolden(name, { url, accounts });
    expect(wrong.join("\n\n")).toBe("");
  });
});
