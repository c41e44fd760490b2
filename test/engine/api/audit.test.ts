import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEntry } from "../../../engine/host/broker/audit.ts";
import { insertAudit } from "../../../engine/store/insert-audit.ts";
import { startTestApi, type TestApi, tokenOf } from "../../support/api.ts";
import { runCoppice } from "../../support/run-coppice.ts";

const action = "0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f";
const entry = (more: Partial<AuditEntry>): AuditEntry => ({
  projectId: "default",
  plugin: "docker",
  pluginHash: "d".repeat(64),
  actionId: null,
  callId: "web.grow.2-1",
  capability: "http",
  target: "GET http://127.0.0.1:8080/things",
  outcome: "ok",
  bytesIn: 12,
  bytesOut: 3,
  durationMs: 4.2,
  at: new Date("2026-11-22T10:00:00.000Z"),
  ...more,
});

describe("the audit of plugins", () => {
  let api: TestApi;
  let env: Record<string, string>;
  beforeAll(async () => {
    api = await startTestApi();
    await insertAudit(api.db.pool, [
      entry({}),
      entry({ plugin: "lamps", actionId: action, target: "POST http://lamps/1" }),
      entry({ outcome: "refused", actionId: action, target: "GET http://169.254.169.254/" }),
      entry({ outcome: "failed", capability: "ssh", target: "me@there:22" }),
      entry({ projectId: "other", outcome: "refused", target: "GET http://theirs/" }),
    ]);
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    env = { COPPICE_URL: `http://127.0.0.1:${port}`, COPPICE_TOKEN: tokenOf("ann"), COLUMNS: "200" };
  });
  afterAll(() => api.stop());
  const targets = async (query: string, token?: string) => {
    const { status, json } = await api.call("GET", `/v1/audit?${query}`, undefined, token);
    expect(status).toBe(200);
    return json.audit.map(({ target }: { target: string }) => target);
  };

  it("lists newest first, by plugin, action and outcome, page by page", async () => {
    expect(await targets("")).toEqual([
      "me@there:22",
      "GET http://169.254.169.254/",
      "POST http://lamps/1",
      "GET http://127.0.0.1:8080/things",
    ]);
    expect(await targets("plugin=lamps")).toEqual(["POST http://lamps/1"]);
    expect(await targets(`action_id=${action}&outcome=refused`)).toEqual(["GET http://169.254.169.254/"]);
    expect(await targets("outcome=failed")).toEqual(["me@there:22"]);
    const { json } = await api.call("GET", "/v1/audit?limit=3");
    expect(await targets(`marker=${json.audit[2].id}`)).toEqual(["GET http://127.0.0.1:8080/things"]);
    expect((await api.call("GET", "/v1/audit?outcome=secret")).status).toBe(400);
    expect((await api.call("GET", "/v1/audit?limit=1001")).status).toBe(400);
  });

  it("belongs to its project", async () => {
    expect(await targets("outcome=refused", tokenOf("eve"))).toEqual(["GET http://theirs/"]);
  });

  it("is shown by coppice plugin audit, oldest first", async () => {
    const all = await runCoppice(["plugin", "audit"], { env });
    expect(all).toMatchObject({ code: 0, stderr: "" });
    const lines = all.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(
      /^2026-11-22 10:00:00\.000 +docker +dddddddd +- +web\.grow\.2-1 +ok +12 +3 +4 +http GET http:\/\/127\.0\.0\.1:8080\/things$/,
    );
    const refused = await runCoppice(
      ["plugin", "audit", "docker", "--refused", "--action", action, "--json"],
      { env },
    );
    const shown = refused.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(shown).toMatchObject([
      { target: "GET http://169.254.169.254/", outcome: "refused", plugin: "docker" },
    ]);
    const none = await runCoppice(["plugin", "audit", "nobody"], { env });
    expect(none.stdout).toBe("The audit holds no request of nobody.\n");
    expect(await runCoppice(["plugin", "audit", "--limit", "0"], { env })).toMatchObject({ code: 2 });
  });
});
