import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { homeAt } from "../../engine/stack/home.ts";
import { choosePorts } from "../../engine/stack/ports.ts";
import { readStackState } from "../../engine/stack/stack-state.ts";
import { runCoppice } from "../support/run-coppice.ts";

const folder = mkdtempSync(path.join(tmpdir(), "coppice-test-"));
chmodSync(folder, 0o711); // Postgres runs as its own user when the tests are root's
const home = path.join(folder, "home");
const work = path.join(folder, "work");
const env = { COPPICE_HOME: home, COPPICE_PLUGIN_PATH: "plugins", COPPICE_TOKEN: "for commands only" };
let port = 0;

/** The variables that a part was started with. */
function environmentOf(part: "api" | "worker"): Readonly<Record<string, string>> {
  const pid = readStackState(homeAt(home))?.parts[part]?.process?.pid;
  const entries = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return Object.fromEntries(
    entries.map((entry) => [entry.split("=")[0], entry.slice(entry.indexOf("=") + 1)]),
  );
}

beforeAll(async () => {
  port = (await choosePorts({}, {}, ["api"])).api ?? 0;
  for (const each of [home, work]) mkdirSync(each);
  writeFileSync(path.join(work, "password"), "s3cret\n");
  const file = `
max-page-size: 500
nodes-per-activity: 7
credentials: credentials.json
keystone-password-file: ${path.join(work, "password")}
`;
  writeFileSync(path.join(home, "coppice.yaml"), file);
  const flags = ["--keystone-url", "http://127.0.0.1:9/v3", "--api-port", String(port)];
  const ran = await runCoppice(["up", "--detach", ...flags], { env, cwd: work });
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
});
afterAll(async () => {
  await runCoppice(["down"], { env });
  rmSync(folder, { recursive: true, force: true });
});

it("`coppice up` hands flags, variables and the file's lines on to what it starts", () => {
  const shared = {
    COPPICE_HOME: home,
    COPPICE_CONFIG: "none",
    COPPICE_KEYSTONE_URL: "http://127.0.0.1:9/v3",
    COPPICE_KEYSTONE_PASSWORD_FILE: path.join(work, "password"),
    COPPICE_PLUGIN_PATH: path.join(work, "plugins"),
  };
  const [api, worker] = [environmentOf("api"), environmentOf("worker")];
  expect(api).toMatchObject({ ...shared, COPPICE_API_PORT: String(port), COPPICE_MAX_PAGE_SIZE: "500" });
  expect(worker).toMatchObject({
    ...shared,
    COPPICE_NODES_PER_ACTIVITY: "7",
    COPPICE_CREDENTIALS: path.join(home, "credentials.json"),
  });
});

it("each part gets what it reads, and no other's", () => {
  const [api, worker] = [environmentOf("api"), environmentOf("worker")];
  expect(Object.keys(api)).not.toContain("COPPICE_CREDENTIALS");
  expect(Object.keys(worker)).not.toContain("COPPICE_API_PORT");
  for (const environment of [api, worker]) expect(Object.keys(environment)).not.toContain("COPPICE_TOKEN");
});

it("the API serves there, and asks that Keystone", async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/actions`, {
    headers: { "x-auth-token": "a-token" },
  });
  expect(answer.status).toBe(503); // nothing listens at Keystone's address
  expect(await answer.text()).toContain("Keystone");
});
