import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findJail } from "../../../../engine/host/jail/find-jail.ts";
import type { CommandResult } from "../../../../plugins/sdk/host.ts";
import { brokerCall, brokerFixture } from "./broker-fixture.ts";

const grants = [{ capability: "command", target: "/bin/sh" } as const];
const folder = realpathSync(mkdtempSync(join(tmpdir(), "coppice-jail-")));
writeFileSync(join(folder, "seen"), "what it may see\n");
writeFileSync(join(folder, "own"), "before\n");
afterAll(() => rmSync(folder, { recursive: true }));

/** In a container that allows no namespaces there is nothing to test but the refusal. */
const jail = await findJail();

describe.runIf(jail.name !== "none")("a command in a jail", () => {
  const { broker } = brokerFixture();
  const call = brokerCall({ grants });
  const ask = async (script: string, wanted: object = {}, more: object = {}) =>
    (await broker.request(call, "command", {
      executable: "/bin/sh",
      arguments: ["-c", script],
      jail: wanted,
      ...more,
    })) as CommandResult;
  let door: ReturnType<typeof createServer>;
  let port = 0;
  beforeAll(async () => {
    door = createServer((socket) => socket.end("hello"));
    await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
    port = (door.address() as { port: number }).port;
  });
  afterAll(async () => {
    door.close();
    await broker.close();
  });

  it("runs, with its arguments, environment, input and exit code, and a folder for passing files", async () => {
    const script = 'cat; echo "$1 $A"; pwd; echo x > /tmp/x; ls /tmp; exit 3';
    const ran = await broker.request(call, "command", {
      executable: "/bin/sh",
      arguments: ["-c", script, "sh", "it's one"],
      environment: { A: 'a "b" $c', PATH: "/usr/bin" },
      stdin: "in\n",
      cwd: "/usr",
      jail: {},
    });
    expect(ran).toMatchObject({ stdout: 'in\nit\'s one a "b" $c\n/usr\nx\n', stderr: "", exitCode: 3 });
  });

  it("sees the system's programs, and of the rest what it asks for", async () => {
    const look = `ls /home /root /etc/shadow ${folder} 2>&1; ls /; echo $(whoami)`;
    const { stdout } = await ask(look);
    for (const path of ["/home", "/root", "/etc/shadow", folder])
      expect(stdout).toMatch(new RegExp(`${path}'?: No such file or directory`));
    const seen = await ask(`cat ${folder}/seen; echo more >> ${folder}/seen; echo more >> ${folder}/own`, {
      read: [folder],
      write: [join(folder, "own")],
    });
    expect(seen.stdout).toBe("what it may see\n");
    expect(seen.stderr).toContain("Read-only file system");
    expect(readFileSync(join(folder, "seen"), "utf8")).toBe("what it may see\n");
    expect(readFileSync(join(folder, "own"), "utf8")).toBe("before\nmore\n");
    const touched = await ask(
      "touch /usr/bin/x /etc/passwd 2>&1; rm -rf /usr/bin/env 2>&1; /usr/bin/env true && echo there",
    );
    expect(touched.stdout).toContain("there");
  });

  it("has no network unless it asks for one", async () => {
    const connect = `(exec 3<>/dev/tcp/127.0.0.1/${port} && head -c 5 <&3) 2>&1`;
    const bash = (wanted: object) => ask(`/bin/bash -c '${connect}'`, wanted);
    expect((await bash({})).stdout).toMatch(/unreachable|refused|Cannot assign/);
    expect((await bash({ network: true })).stdout).toBe("hello");
  });

  it("can neither see nor end a process outside, nor leave one behind, nor make namespaces", async () => {
    const { stdout } = await ask(
      `kill -0 ${process.pid} 2>&1; (setsid sleep 300 > /dev/null 2>&1 &); ls -d /proc/[0-9]* 2>/dev/null | wc -l; unshare --user true 2>&1; mount -t tmpfs none /tmp 2>&1; cat /proc/self/status | grep CapBnd`,
    );
    expect(stdout).toMatch(/No such process/);
    expect(Number(/^\s*(\d+)$/m.exec(stdout)?.[1])).toBeLessThan(12);
    expect(stdout).toMatch(/unshare failed|No space left|Operation not permitted/);
    expect(stdout).toMatch(/mount: .*(denied|permitted)|must be superuser/);
    expect(stdout).toMatch(/CapBnd:\s+0{16}/);
    const { execFileSync } = await import("node:child_process");
    const left = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
    expect(left.filter((line) => line === "sleep 300")).toEqual([]);
  });

  it("ends when its time is over, with all that it started, and keeps the kernel's limits", async () => {
    const started = Date.now();
    const late = await ask("setsid sleep 301 & sleep 301", {}, { timeout: 500 });
    expect(late.timedOut).toBe(true);
    expect(Date.now() - started).toBeLessThan(8000);
    const { execFileSync } = await import("node:child_process");
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toMatch(/^sleep 301$/m);
    expect(await ask("ulimit -n", {}, { limits: { openFiles: 64 } })).toMatchObject({ stdout: "64\n" });
  });

  it("shows values of its environment to nobody, and refuses what a shell has no name for", async () => {
    const { stdout } = await ask(
      "tr '\\0' '\\n' < /proc/1/cmdline; env",
      {},
      { environment: { TOKEN: "s3cr3t-token" } },
    );
    expect(stdout).toContain("TOKEN=s3cr3t-token");
    expect(stdout).not.toContain("COPPICE_JAILED");
    expect(stdout.split("\n").filter((line) => line.includes("s3cr3t-token"))).toHaveLength(1);
    await expect(ask("true", {}, { environment: { "a.b": "x" } })).rejects.toMatchObject({
      code: "bad-request",
    });
    await expect(ask("true", { read: ["/no/such/path"] })).rejects.toMatchObject({ code: "command-not-run" });
  });

  it("is where every command runs when the operator says so", async () => {
    const strict = brokerFixture({ jailCommands: true });
    const script = { executable: "/bin/sh", arguments: ["-c", `cat ${folder}/seen`] };
    expect(await strict.broker.request(call, "command", script)).toMatchObject({ exitCode: 1 });
    const asked = { ...script, jail: { read: [folder] } };
    expect(await strict.broker.request(call, "command", asked)).toMatchObject({
      stdout: "what it may see\n",
    });
    await strict.broker.close();
  });
});
