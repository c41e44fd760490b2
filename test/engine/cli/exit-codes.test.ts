import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { exitCodeTexts } from "../../../engine/cli/exit-codes.ts";
import { choosePorts } from "../../../engine/stack/ports.ts";
import { root, runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A server that gives every request this answer. */
async function serverAnswering(status: number, body: unknown): Promise<Record<string, string>> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return { COPPICE_URL: `http://127.0.0.1:${port}`, COPPICE_TOKEN: "a-token" };
}

it("0: what was asked for is done", async () => {
  expect((await runCoppice(["--version"])).code).toBe(0);
});

it.each([
  ["an unknown command", ["chekc"], "Did you mean check?"],
  ["an unknown option", ["check", "--jsn", "x"], "Did you mean --json?"],
  ["a missing argument", ["run"], "missing required argument 'action'"],
  ["a value that can't be", ["ls", "trees"], "clusters, nodes, actions"],
  ["a port that is none", ["up", "--api-port", "99999"], "write a port number"],
  ["a count that is none", ["ls", "nodes", "--limit", "0"], "write a number, 1 to 1000"],
  ["an id that is none", ["events", "--action", "x"], "write an id"],
  ["a filter that the kind doesn't know", ["ls", "programs", "--status", "x"], "can't be listed by --status"],
])("2: %s", async (_what, args, says) => {
  const ran = await runCoppice(args);
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain(says);
});

it("3: the program has errors", async () => {
  const file = path.join(temporaryFolder(), "broken.coppice");
  writeFileSync(file, "action roll( {\n");
  const ran = await runCoppice(["check", file]);
  expect(ran.code).toBe(3);
  expect(ran.stdout).toMatch(/^error\[[a-z-]+\]: /);
  expect(ran.stdout).toContain(`${file}:1:`);
});

it("4: no server runs for this home, and none answers", async () => {
  expect(await runCoppice(["ls", "clusters"])).toMatchObject({ code: 4, stdout: "" });
  const { api } = await choosePorts({}, {}, ["api"]); // free, so nobody listens there
  const nobody = { COPPICE_URL: `http://127.0.0.1:${api}`, COPPICE_TOKEN: "x" };
  const ran = await runCoppice(["ls", "clusters"], { env: nobody });
  expect(ran.code).toBe(4);
  expect(ran.stderr).toMatch(/no server answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)\n {2}help: /);
});

it.each([
  [400, 2],
  [401, 5],
  [403, 5],
  [404, 6],
  [409, 7],
  [500, 1],
  [503, 4],
])("the server's %i becomes %i, with the server's own words", async (status, code) => {
  const env = await serverAnswering(status, {
    error: { code: status, title: "x", message: "what it says", help: "mend it so" },
  });
  const ran = await runCoppice(["show", "cluster", "storefront"], { env });
  expect(ran).toEqual({ code, stdout: "", stderr: "error: what it says\n  help: mend it so\n" });
});

it("says an error as one JSON document on stdout with --json, and nothing on stderr", async () => {
  const env = await serverAnswering(404, { error: { code: 404, message: "there is no cluster" } });
  const ran = await runCoppice(["show", "cluster", "x", "--json"], { env });
  expect(ran).toMatchObject({ code: 6, stderr: "" });
  expect(JSON.parse(ran.stdout)).toMatchObject({ error: { exit_code: 6, message: "there is no cluster" } });
});

it("a proxy's page is no answer of ours: its status is said", async () => {
  const env = await serverAnswering(502, "<html>");
  const ran = await runCoppice(["show", "cluster", "x"], { env });
  expect(ran).toMatchObject({ code: 4, stderr: "error: the server answered with status 502\n" });
});

it("another server's page is no answer of ours, and is not called our mistake", async () => {
  const server = createServer((_request, response) => void response.end("<!doctype html>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const env = { COPPICE_URL: `http://127.0.0.1:${port}`, COPPICE_TOKEN: "a-token" };
  const ran = await runCoppice(["ls", "clusters"], { env });
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain("is not Coppice's API");
});

it("a token that can't be sent is refused without being shown", async () => {
  const env = { COPPICE_URL: "http://127.0.0.1:9", COPPICE_TOKEN: "half\nsecret" };
  const ran = await runCoppice(["ls", "clusters"], { env });
  expect(ran.code).toBe(5);
  expect(ran.stdout + ran.stderr).not.toContain("secret");
});

it("a home that can't be made is said at once", async () => {
  const ran = await runCoppice(["up"], { env: { COPPICE_HOME: "/proc/coppice" } });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("the home /proc/coppice can't be made");
});

it("up --detach says itself why it could not start", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const env = { COPPICE_HOME: temporaryFolder() };
  const ran = await runCoppice(["up", "--detach", "--api-port", String(port)], { env });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(
    /^error: port \d+ of 127\.0\.0\.1, named for api, is in use\n {2}help: Stop what/,
  );
});

it("each code is in docs/cli.md", () => {
  const page = readFileSync(path.join(root, "docs", "cli.md"), "utf8");
  for (const [code, text] of exitCodeTexts) expect(page).toContain(`| ${code} | ${text} |`);
});

it("shows others' control characters instead of sending them to the terminal", async () => {
  const name = "\u001b]0;title\u0007\u202eweb";
  const env = await serverAnswering(200, { clusters: [{ name }], cluster: { name } });
  for (const args of [
    ["ls", "clusters"],
    ["show", "cluster", "x"],
  ]) {
    const { stdout } = await runCoppice(args, { env });
    expect(stdout).toContain("␛]0;title␇\ufffdweb");
  }
});
