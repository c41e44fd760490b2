import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { optionNames } from "../../../engine/config/options.ts";
import { runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const canary = "canary-4711";

/** A home with a file, and secrets in every place that takes one. */
function setting() {
  const home = temporaryFolder();
  const file = `api-port: 8777
keystone-url: http://127.0.0.1:5000/v3
keystone-password: ${canary}
trust-roles: [member, reader]
proxy: http://user:${canary}@proxy:3128
`;
  writeFileSync(path.join(home, "coppice.yaml"), file, { mode: 0o600 });
  writeFileSync(path.join(home, "token-of-ann"), `${canary}\n`, { mode: 0o600 });
  const env = {
    COPPICE_HOME: home,
    DATABASE_URL: `postgres://coppice:${canary}@db.example.org/coppice?sslmode=require`,
    COPPICE_SIGNING_PASSWORD: canary,
    COPPICE_TOKEN_FILE: path.join(home, "token-of-ann"),
  };
  return { home, env };
}

it("shows what was given, and where, and no secret", async () => {
  const { home, env } = setting();
  const ran = await runCoppice(["config", "show", "--given", "--max-nodes-per-cluster", "5000"], { env });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).not.toContain(canary);
  // columns are as wide as the folder's name, which differs
  const text = ran.stdout.replaceAll(home, "HOME").replaceAll(/ {2,}/g, "  ");
  await expect(text).toMatchFileSnapshot("config/given.txt");
});

it("shows every option, and single ones", async () => {
  const { env } = setting();
  const all = await runCoppice(["config", "show"], { env });
  const names = all.stdout
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split(" ")[0]);
  expect(names).toEqual(optionNames);
  expect(all.stdout).not.toContain(canary);
  const one = await runCoppice(["config", "show", "api-port", "--api-port", "9000"], { env });
  expect(one.stdout).toMatch(/^OPTION.*\napi-port {2}9000 {3}--api-port\n$/);
  const none = await runCoppice(["config", "show", "api-prt"], { env });
  expect(none).toMatchObject({
    code: 2,
    stderr: 'error: there is no option "api-prt"\n  help: did you mean "api-port"?\n',
  });
});

it("tells machines the same", async () => {
  const { home, env } = setting();
  const ran = await runCoppice(
    ["config", "show", "--json", "keystone-password", "api-port", "region", "token"],
    { env },
  );
  expect(ran.stdout).not.toContain(canary);
  const yaml = path.join(home, "coppice.yaml");
  expect(JSON.parse(ran.stdout)).toEqual({
    file: yaml,
    options: [
      {
        name: "keystone-password",
        value: "(hidden)",
        from: { kind: "file", path: yaml, line: 3, column: 20 },
        value_file: null,
        secret: true,
      },
      {
        name: "api-port",
        value: "8777",
        from: { kind: "file", path: yaml, line: 1, column: 11 },
        value_file: null,
        secret: false,
      },
      { name: "region", value: null, from: { kind: "default" }, value_file: null, secret: false },
      {
        name: "token",
        value: "(hidden)",
        from: { kind: "variable", name: "COPPICE_TOKEN_FILE" },
        value_file: path.join(home, "token-of-ann"),
        secret: true,
      },
    ],
  });
});

it("checks without starting anything, and says all that is wrong", async () => {
  const { home, env } = setting();
  expect(await runCoppice(["config", "check"], { env })).toMatchObject({
    code: 0,
    stdout: `No mistakes: 9 of ${optionNames.length} options are given, with ${home}/coppice.yaml.\n`,
  });
  const wrong = { ...env, COPPICE_PROXY: `ftp://user:${canary}@proxy` };
  const ran = await runCoppice(["config", "check", "--api-port", "0", "--retention", "1s"], { env: wrong });
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toBe(`error: the configuration has 3 mistakes
  --api-port is "0", which is below 1
    help: write a port number, 1 to 65535
  --retention is "1s", which is below 1h
    help: write a duration, at least 1h: 90s, 15m, 1h30m, 7d
  COPPICE_PROXY is not an http address
    help: write http://proxy.example.org:3128
`);
  const json = await runCoppice(["config", "check", "--api-port", "0", "--json"], { env });
  expect(JSON.parse(json.stdout).error).toMatchObject({
    exit_code: 2,
    details: { mistakes: [{ place: { kind: "flag", name: "--api-port" }, help: expect.any(String) }] },
  });
});

it.each([["up"], ["api"], ["worker"]])("%s says the same before it starts anything", async (program) => {
  const env = { COPPICE_HOME: temporaryFolder(), COPPICE_KEYSTONE_ULR: "x", COPPICE_MAX_PAGE_SIZE: "many" };
  const ran = await runCoppice([program, "--max-nodes-per-cluster", "0"], { env });
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain("did you mean COPPICE_KEYSTONE_URL?");
  expect(ran.stderr).toContain('COPPICE_MAX_PAGE_SIZE is "many"');
  expect(ran.stderr).toContain('--max-nodes-per-cluster is "0"');
  const missing = ran.stderr.match(/(DATABASE_URL|TEMPORAL_ADDRESS) is not set/g);
  expect(missing?.length ?? 0).toBe(program === "up" ? 0 : 2);
});

it("takes no secret on a command line", async () => {
  for (const flag of ["--keystone-password", "--database-url", "--proxy"]) {
    const ran = await runCoppice(["up", flag, canary]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`${flag} is a secret, and every user of this machine sees command lines`);
    expect(ran.stderr).toContain(`or name a file that holds it: ${flag}-file`);
    expect(ran.stderr).not.toContain(canary);
  }
});

it("tells what it warns of where a server starts, and where it's asked", async () => {
  const env = { COPPICE_HOME: "/proc/coppice", COPPICE_COLOUR: "green" };
  const warning = "warning: COPPICE_COLOUR is no option\n";
  expect((await runCoppice(["up"], { env })).stderr).toContain(warning);
  expect((await runCoppice(["status"], { env })).stderr).toBe("");
  const checked = await runCoppice(["config", "check"], { env });
  expect(checked).toMatchObject({ code: 0, stderr: "" });
  expect(checked.stdout).toContain(warning);
});

it("is named by flags of every command", async () => {
  const { home, env } = setting();
  const status = await runCoppice(["status", "--json", "--home", "/srv/elsewhere"], { env });
  expect(JSON.parse(status.stdout).home).toBe("/srv/elsewhere");
  const file = path.join(home, "coppice.yaml");
  writeFileSync(file, `${readFileSync(file, "utf8")}url: http://127.0.0.1:9\n`);
  const ls = await runCoppice(["ls", "clusters", "--config", file], { env: { COPPICE_TOKEN: "x" } });
  expect(ls.stderr).toContain("no server answers at http://127.0.0.1:9 (");
});
