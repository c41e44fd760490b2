import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../../../engine/host/load-plugin.ts";
import { loadPlugin } from "../../../../engine/host/load-plugin.ts";
import type { HostFailure, PluginCall } from "../../../../engine/host/plugin-host.ts";
import type { Grant, Json } from "../../../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../host-fixture.ts";
import { brokerCall, brokerFixture } from "./broker-fixture.ts";

const grants: Grant[] = [{ capability: "command", target: "/bin/sh" }];

describe("commands, through the shell plugin", () => {
  let shell: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    shell = await loadPlugin("plugins/shell");
    fixture = hostFixture([shell]);
    process.env["COPPICE_TEST_CANARY"] = "canary";
  });
  afterAll(async () => {
    delete process.env["COPPICE_TEST_CANARY"];
    await fixture.host.close();
  });

  const run = (script: string, more: Record<string, Json> = {}, call: Partial<PluginCall> = {}) =>
    fixture.invoke(
      shell,
      "run",
      { command: "/bin/sh", arguments: ["-c", script], ...more },
      { grants, ...call },
    );
  const failure = (promise: Promise<Json>) =>
    promise.then(
      (v) => expect.fail(JSON.stringify(v)),
      (e: HostFailure) => e,
    );
  /** A zombie that nobody has collected doesn't run any more. */
  const running = (pid: number) => {
    try {
      return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  };

  it("gives exit code and output, and each line as an event", async () => {
    const lines: string[] = [];
    const result = await run(
      "echo out; echo err >&2; printf last",
      {},
      { onEvent: (line) => void lines.push(line) },
    );
    expect(result).toEqual({ exit_code: 0, stdout: "out\nlast", stderr: "err\n" });
    expect(lines.sort()).toEqual(["err", "last", "out"]);
  });

  it("hands arguments over as they are, and stdin, and nothing of our environment", async () => {
    const args = [
      "-c",
      'printf "%s|" "$@"; cat; echo "|$COPPICE_TEST_CANARY|$NAME"',
      "sh",
      "a b",
      "$(id)",
      "'; rm -rf /",
    ];
    const result = await fixture.invoke(
      shell,
      "run",
      {
        command: "/bin/sh",
        arguments: args,
        stdin: "input",
        environment: { NAME: "own", PATH: "/usr/bin:/bin" },
      },
      { grants },
    );
    expect(result).toMatchObject({ stdout: "a b|$(id)|'; rm -rf /|input||own\n" });
  });

  it("fails for a non-zero exit unless told not to check", async () => {
    const error = await failure(run("echo no luck >&2; exit 3"));
    expect(error).toMatchObject({
      code: "command-failed",
      retryable: false,
      message: "/bin/sh ended with exit code 3: no luck",
    });
    expect(await run("exit 3", { check: false })).toMatchObject({ exit_code: 3 });
    expect(await run("kill -9 $$", { check: false })).toMatchObject({ exit_code: 128 });
  });

  it("kills the whole process group on time-out", async () => {
    const lines: string[] = [];
    const script = "trap '' TERM; (trap '' TERM; echo child $(exec sh -c 'echo $PPID'); sleep 60) & wait";
    const error = await failure(run(script, { timeout: 500 }, { onEvent: (line) => void lines.push(line) }));
    expect(error).toMatchObject({ code: "command-timeout", retryable: true });
    const pid = Number(lines[0]?.split(" ")[1]);
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => running(pid)).toBe(false);
  });

  it("kills it when the call is cancelled, and leaves nothing running in its background", async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    const ended = failure(
      run("echo $$; sleep 60", {}, { signal: controller.signal, onEvent: (line) => void lines.push(line) }),
    );
    await expect.poll(() => lines.length).toBe(1);
    controller.abort();
    expect(await ended).toMatchObject({ code: "cancelled" });
    await expect.poll(() => running(Number(lines[0]))).toBe(false);
    const { stdout } = (await run("sleep 60 >/dev/null 2>&1 & echo $!")) as { stdout: string };
    for (let i = 0; i < 50 && running(Number(stdout)); i++) await pause(20);
    expect(running(Number(stdout))).toBe(false);
  });

  it("keeps at most 1 MiB of output, and reads on", async () => {
    const plugin = await pluginOf(
      {
        run: "async (host) => { const r = await host.command({ executable: '/bin/sh', arguments: ['-c', 'head -c 3000000 /dev/zero | tr \"\\\\0\" x; echo done >&2'] }); return [r.stdout.length, r.truncated, r.stderr]; }",
      },
      { manifest: { tier: "commands", needs: [{ capability: "command", why: "test" }] } },
    );
    const lone = hostFixture([plugin]);
    expect(await lone.invoke(plugin, "run", {}, { grants })).toEqual([1024 * 1024, true, "done\n"]);
    await lone.host.close();
  });

  it("runs nothing that isn't granted or isn't there", async () => {
    expect(await failure(run("true", {}, { grants: [] }))).toMatchObject({
      code: "not-granted",
      help: expect.stringContaining('allow command "/bin/sh"'),
    });
    expect(await failure(run("true", { command: "/usr/bin/../../bin/sh" }))).toMatchObject({
      code: "not-granted",
    });
    expect(await failure(run("true", { command: "sh" }))).toMatchObject({ code: "bad-arguments" });
    const absent: Grant[] = [{ capability: "command", target: "/no/such/program" }];
    expect(await failure(run("true", { command: "/no/such/program" }, { grants: absent }))).toMatchObject({
      code: "command-not-run",
      retryable: false,
    });
  });

  it("runs in a folder and under limits of the kernel when the plugin asks for them", async () => {
    const { broker } = brokerFixture();
    const call = brokerCall({ grants });
    const ask = (script: string, more: object) =>
      broker.request(call, "command", { executable: "/bin/sh", arguments: ["-c", script], ...more });
    expect(await ask("pwd", { cwd: "/usr" })).toMatchObject({ stdout: "/usr\n" });
    await expect(ask("pwd", { cwd: "/no/such/folder" })).rejects.toMatchObject({ code: "command-not-run" });
    const limits = { memory: 512 * 1024 * 1024, cpuSeconds: 2, fileSize: 1024 * 512, openFiles: 64 };
    const shown = "ulimit -v; ulimit -t; ulimit -f; ulimit -n; ulimit -c";
    expect(await ask(shown, { limits })).toMatchObject({ stdout: "524288\n2\n1024\n64\n0\n" });
    expect(await ask("while :; do :; done", { limits: { cpuSeconds: 1 } })).toMatchObject({
      timedOut: false,
      exitCode: null,
    });
    await expect(ask("true", { limits: { memory: 1 } })).rejects.toMatchObject({ code: "bad-request" });
    await broker.close();
  });

  it("runs nothing for a sandboxed plugin, whatever it was granted", async () => {
    const plugin = await pluginOf({ run: "async (host) => host.command({ executable: '/bin/sh' })" });
    const lone = hostFixture([plugin]);
    expect(await failure(lone.invoke(plugin, "run", {}, { grants }))).toMatchObject({
      code: "not-granted",
      message: expect.stringContaining("sandboxed"),
    });
    await lone.host.close();
  });
});
