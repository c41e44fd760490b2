import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { newPlugin } from "../../../engine/plugin-kit/new-plugin.ts";
import { root, runCoppice } from "../../support/run-coppice.ts";

const folder = mkdtempSync(path.join(tmpdir(), "coppice-try-"));
const plugin = path.join(folder, "boxes");
newPlugin({ name: "boxes", into: plugin, template: "driver" });
const code = path.join(plugin, "index.ts");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("coppice plugin try", () => {
  it("calls an operation and shows its result, its events and what it asked for", async () => {
    const state = path.join(folder, "state.json");
    const made = await runCoppice(["plugin", "try", plugin, "create", "content=plums", "--state", state]);
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: "" });
    expect(made.stdout).toMatch(/^✔ box\.create \{"physicalId":"try-1"\}/);
    expect(made.stdout).toMatch(/asked {2}state set left\/try-1 {2}ok {2}\d+ B out/);
    const opened = await runCoppice(["plugin", "try", plugin, "open", "physical_id=try-1", "--state", state]);
    expect(opened.stdout).toContain('✔ box.open "plums"');
    expect(opened.stdout).toContain("event  try-1 is open and holds plums");
  });

  it("prints JSON for machines, failures too", async () => {
    const { code: exit, stdout } = await runCoppice([
      "plugin",
      "try",
      plugin,
      "update",
      "content=x",
      "--json",
    ]);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      call: "box.update",
      failure: { code: "box-not-found", retryable: false },
      audit: [{ capability: "state", outcome: "ok" }],
    });
  });

  it("reads many calls from its input, and remembers what they made", async () => {
    const stdin = 'help\ncreate content="red plums"\nopen\ndelete\nget\nnonsense\nopen colour=red\n';
    const { code: exit, stdout, stderr } = await runCoppice(["plugin", "try", plugin], { stdin });
    expect(exit).toBe(1); // the last one was wrong
    expect(stdout).toContain('box.open "red plums"');
    expect(stdout).toContain('box.get {"exists":false');
    expect(stderr).toContain("  box.create content=… litres=…\n");
    expect(stderr).toContain("boxes has no nonsense");
    expect(stderr).toContain('there is no argument "colour"');
  });

  it("refuses what nobody allowed, and shows the line to write", async () => {
    const args = [
      "plugin",
      "try",
      "plugins/docker",
      "create",
      "image=busybox",
      "--with",
      "socket=/tmp/none.sock",
    ];
    const { code: exit, stdout } = await runCoppice(args, { cwd: root });
    expect(exit).toBe(1);
    expect(stdout).toContain("not-granted");
    expect(stdout).toContain('allow socket "/tmp/none.sock"');
    expect(stdout).toMatch(/asked {2}socket .* refused/);
  });

  it("lets no debugger in when walls are required", async () => {
    const { code: exit, stderr } = await runCoppice(["plugin", "try", plugin, "get", "--inspect", "0"], {
      env: { COPPICE_STRICT: "1" },
    });
    expect(exit).toBe(7);
    expect(stderr).toContain("a debugger is not let in while COPPICE_STRICT=1");
  });

  it("calls it again when its files change, and tells of a mistake in between", async () => {
    const main = path.join(root, "bin", "main.mjs");
    const args = [main, "plugin", "try", plugin, "create", "content=plums", "--watch"];
    const child = spawn(process.execPath, args, { env: { PATH: process.env["PATH"], HOME: folder } });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        said += text;
      });
    const patience = { timeout: 20_000 };
    await expect.poll(() => said, patience).toContain("waits for changes");
    const before = readFileSync(code, "utf8");
    writeFileSync(code, before.replace("return { physicalId: call.key };", "return { physicalId };"));
    await expect.poll(() => said, patience).toMatch(/index\.ts|physicalId is not defined/);
    said = "";
    writeFileSync(
      code,
      before.replace("return { physicalId: call.key };", 'return { physicalId: "another" };'),
    );
    await expect.poll(() => said, patience).toContain('{"physicalId":"another"}');
    writeFileSync(code, before);
    const closed = new Promise((resolve) => child.on("close", resolve));
    child.kill("SIGINT");
    expect(await closed).toBe(0);
  });
});

describe("coppice plugin test", () => {
  it("reports each check, and exits 0 when all pass", async () => {
    const { code: exit, stdout } = await runCoppice([
      "plugin",
      "test",
      plugin,
      "--only",
      "create-repeat,no-leak",
    ]);
    expect({ exit, stdout }).toMatchObject({ exit: 0 });
    expect(stdout).toContain("✔ create-repeat          it creates once, however often the same key asks");
    expect(stdout).toMatch(/4 passed, 0 failed, 0 skipped in \d/);
  });

  it("exits 1 with the value at fault, why it matters, and how to mend it", async () => {
    const shelf = path.join(root, "test/engine/conformance/shelf");
    const args = [
      "plugin",
      "test",
      shelf,
      "--only",
      "create-repeat",
      "--program",
      path.join(folder, "shelf.coppice"),
    ];
    writeFileSync(
      path.join(folder, "shelf.coppice"),
      `plugin shelf from "${path.relative(folder, shelf)}" {\n  allow state\n  with { defect: "doubles" }\n}\nprofile plums = shelf.box { content: "plums" }\n`,
    );
    const { code: exit, stdout } = await runCoppice(args);
    expect({ exit, stdout }).toMatchObject({ exit: 1 });
    expect(stdout).toContain("the second create with one key gave");
    expect(stdout).toContain("why it matters: a worker that was lost after create");
    expect(stdout).toContain("help: name the resource after call.key");
    const { stdout: json } = await runCoppice([...args, "--json"]);
    expect(JSON.parse(json)).toMatchObject({ name: "shelf", failed: 1, checks: expect.any(Array) });
  });

  it("names the checks when none fits", async () => {
    const { code: exit, stderr } = await runCoppice(["plugin", "test", plugin, "--only", "nothing-like-it"]);
    expect(exit).toBe(6);
    expect(stderr).toContain("create-repeat");
  });
});
