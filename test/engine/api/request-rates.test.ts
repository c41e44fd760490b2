import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { configOf } from "../../../engine/config/config-of.ts";
import { installConfig } from "../../../engine/config/current-config.ts";
import { putQuota } from "../../../engine/store/quotas.ts";
import { startTestApi, type TestApi, tokenOf } from "../../support/api.ts";

let api: TestApi;
beforeEach(async () => {
  installConfig(configOf({ COPPICE_API_RATE_LIMIT: "20" }));
  api = await startTestApi();
  return async () => {
    await api.stop();
    installConfig(null);
  };
});

const ask = async (user: string | null, from = "127.0.0.1", url = "/v1/shares") => {
  const headers = {
    "openstack-api-version": "clustering latest",
    ...(user !== null && { "x-auth-token": tokenOf(user) }),
    ...(from !== "127.0.0.1" && { "x-forwarded-for": from }),
  };
  return await api.app.inject({ url, headers });
};
/** How many of so many at once are let in. */
const burst = async (count: number, ...q: Parameters<typeof ask>) => {
  const answers = await Promise.all(Array.from({ length: count }, () => ask(...q)));
  return Object.fromEntries(
    [...new Set(answers.map((answer) => answer.statusCode))].map((status) => [
      status,
      answers.filter((answer) => answer.statusCode === status).length,
    ]),
  );
};

describe("requests of a project", () => {
  it("above the rate get 429 with when to come again, whoever of it asks, and others don't", async () => {
    await ask("eve");
    await setTimeout(1100); // whose limit is known by now, and of whom nothing is counted
    const both = await Promise.all([burst(15, "ann"), burst(15, "rea")]);
    const refused = both.reduce((sum, counts) => sum + (counts[429] ?? 0), 0);
    expect(refused).toBeGreaterThan(0);
    const answer = await ask("ann");
    if (answer.statusCode === 429) {
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.json().error).toMatchObject({
        type: "TooManyRequests",
        message: "Too many requests: 20 requests a second of this project is the limit. Retry in 1 s.",
      });
    }
    expect((await ask("eve")).statusCode).toBe(200);
    await setTimeout(1100);
    expect((await ask("ann")).statusCode).toBe(200);
  });

  it("are limited by the project's own quota within a second", async () => {
    const quota = {
      project_id: "other",
      user_id: "",
      resource: "api_rate",
      amount: 3,
      updatedBy: "root",
    } as const;
    await putQuota(api.db.pool, quota);
    const few = await burst(15, "eve");
    expect([3, 6]).toContain(few[200]); // two windows at most, on a slow machine
    await putQuota(api.db.pool, { ...quota, amount: -1 });
    await setTimeout(2100);
    expect(await burst(50, "eve")).toEqual({ 200: 50 });
  });
});

describe("requests without a valid token", () => {
  it("are limited by the address that they come from, as the proxy on this machine says", async () => {
    expect(await burst(60, "nobody", "192.0.2.1")).toEqual({ 401: 60 });
    expect((await ask("ann", "192.0.2.1")).statusCode, "nobody is asked who they are").toBe(429);
    const others = await Promise.all([ask("nobody", "192.0.2.2"), ask("ann", "192.0.2.2")]);
    expect(others.map(({ statusCode }) => statusCode)).toEqual([401, 200]);
  });

  it("count also without any token, and not where none is needed", async () => {
    await burst(60, null, "2001:db8::1");
    expect((await ask(null, "2001:db8::2")).statusCode, "of the same network").toBe(429);
    expect(await burst(60, null, "192.0.2.4", "/healthz")).toEqual({ 200: 60 });
  });
});
