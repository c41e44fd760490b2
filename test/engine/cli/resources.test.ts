import type { AddressInfo } from "node:net";
import path from "node:path";
import { writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { resources } from "../../../engine/cli/resources/resources.ts";
import { insertToken } from "../../../engine/store/tokens.ts";
import { startTestApi, type TestApi, tokenOf } from "../../support/api.ts";
import { makeProjectObjects, type ProjectObjects } from "../../support/project-objects.ts";
import { runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

let api: TestApi;
let its: ProjectObjects;
let url: string;
beforeEach(async () => {
  api = await startTestApi();
  its = await makeProjectObjects(api);
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  return () => api.stop();
});

const run = (user: string, ...words: string[]) =>
  runCoppice(words, { env: { COPPICE_URL: url, COPPICE_TOKEN: tokenOf(user), COLUMNS: "200" } });

describe("each verb", () => {
  it("asks for a route that the server has", () => {
    const known = api.routes.map((route) => {
      const [method, pattern = ""] = route.split(" ");
      return { method, pattern: new RegExp(`^${pattern.replaceAll(/:[a-z_]+/g, "[^/]+")}$`) };
    });
    const missing = resources.flatMap(({ name, verbs }) =>
      verbs.flatMap((verb) => {
        const args = verb.arguments.map(([argument]) => (argument.includes("...") ? ["a=b"] : "x"));
        const request = verb.request(args, {});
        const there = known.some(
          ({ method, pattern }) =>
            method === request.method && pattern.test(`/v1/${request.path.split("?")[0]}`),
        );
        return there ? [] : [`${name} ${verb.name}: ${request.method} ${request.path}`];
      }),
    );
    expect(missing).toEqual([]);
  });
});

describe("on a server", () => {
  it("lists, shows, creates, changes and deletes", async () => {
    const listed = await run("ann", "cluster", "list");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(listed.stdout.split("\n")[0]).toMatch(/^NAME +STATUS +SIZE +MIN +MAX +PROFILE +PROGRAM +ID$/);
    expect(listed.stdout).toContain(its.cluster);
    expect((await run("ann", "cluster", "list", "--name", "none")).stdout).toBe("There are none.\n");
    const shown = await run("ann", "cluster", "show", "web", "--json");
    expect(JSON.parse(shown.stdout).cluster.id).toBe(its.cluster);
    const file = path.join(temporaryFolder(), "careful.yaml");
    writeFileSync(file, "type: senlin.policy.batch\nversion: 1.0\nproperties:\n  min_in_service: 1\n");
    const made = await run("ann", "policy", "create", "careful", "--spec-file", file, "--json");
    expect(made.code, made.stdout + made.stderr).toBe(0);
    const { policy } = JSON.parse(made.stdout);
    expect((await run("ann", "policy", "update", "careful", "--name", "kind")).stdout).toContain("kind");
    expect((await run("ann", "policy", "delete", policy.id)).stdout).toBe("delete: done.\n");
    expect(await run("ann", "policy", "show", policy.id)).toMatchObject({ code: 6 });
    expect(await run("ann", "policy", "create", "none")).toMatchObject({ code: 2 });
    expect(await run("ann", "cluster", "list", "--limit", "many")).toMatchObject({ code: 2 });
  });

  it("shares, and shows and sets limits", async () => {
    expect(await run("eve", "cluster", "show", "web")).toMatchObject({ code: 6 });
    const given = await run("ann", "share", "give", "cluster", "web", "project", "other", "--json");
    expect(given.code, given.stdout).toBe(0);
    expect((await run("eve", "cluster", "show", "web")).code).toBe(0);
    expect((await run("eve", "share", "list")).stdout).toContain("read-only");
    const { id } = JSON.parse(given.stdout).share;
    expect((await run("ann", "share", "revoke", id)).code).toBe(0);
    expect(await run("eve", "cluster", "show", "web")).toMatchObject({ code: 6 });
    await insertToken(api.db.pool, {
      token: tokenOf("root"),
      projectId: "admins",
      userId: "root",
      role: "admin",
    });
    const set = await run("root", "quota", "set", "default", "--clusters", "7", "--nodes", "-1");
    expect(set.stdout).toMatch(/^clusters +7 +1 +project$/m);
    expect((await run("ann", "quota", "show")).stdout).toMatch(/^nodes +- +1 +project$/m);
    expect(await run("ann", "quota", "set", "default", "--clusters", "8")).toMatchObject({ code: 5 });
  });

  it("follows what it starts to its end, whose exit code it has", async () => {
    const cancelled = await run("ann", "action", "cancel", its.action, "--wait");
    expect([cancelled.code, cancelled.stdout]).toEqual([0, expect.stringContaining("was cancelled")]);
    const running = run("ann", "cluster", "check", "web", "--wait");
    let action: string | undefined;
    while (action === undefined) {
      const found = await api.db.pool.query("select id from action where action = 'CLUSTER_CHECK'");
      action = found.rows[0]?.id;
    }
    await api.db.pool.query(
      "update action set status = 'FAILED', status_reason = 'node web-1 is gone', end_time = now() where id = $1",
      [action],
    );
    await api.db.pool.query("select pg_notify('coppice_progress', $1)", [action]);
    const failed = await running;
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining("node web-1 is gone")]);
  });
});
