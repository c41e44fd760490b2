import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { homeAt } from "../../../engine/stack/home.ts";
import { isRunning, waitUntilGone } from "../../../engine/stack/process-identity.ts";
import { readStackState, type StackState } from "../../../engine/stack/stack-state.ts";
import { root, runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A home of the test's own; whatever runs in it is stopped at the end. */
function newHome() {
  const home = homeAt(path.join(temporaryFolder(), "home"));
  const env = { COPPICE_HOME: home.folder };
  onTestFinished(async () => void (await runCoppice(["down"], { env })), 60_000);
  return { home, env, coppice: (...args: string[]) => runCoppice(args, { env }) };
}

function stateOf(home: { state: string }): StackState {
  const state = readStackState(homeAt(path.dirname(home.state)));
  if (state === null) throw new Error("there is no stack.json");
  return state;
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error("it did not come about in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const answers = (state: StackState) =>
  fetch(`${state.api_url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );

describe("a stack", { timeout: 120_000 }, () => {
  it("comes up, restarts what is killed, refuses a second start, and goes down with everything", async () => {
    const { home, coppice } = newHome();
    const up = await coppice("up", "--detach", "--json");
    expect(up).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(up.stdout)).toMatchObject({ status: "ready", api_url: stateOf(home).api_url });
    expect(statSync(home.token).mode & 0o777).toBe(0o600);
    expect(statSync(home.temporal).mode & 0o777).toBe(0o600);
    expect((await coppice("ls", "clusters")).stdout).toBe("There are no clusters.\n");

    const again = await coppice("up");
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toContain("already run by process");

    for (const part of ["worker", "api", "temporal", "postgres"]) {
      const killed = stateOf(home).parts[part]?.process;
      expect(killed && isRunning(killed), part).toBe(true);
      process.kill(killed?.pid ?? 0, "SIGKILL");
      await until(
        () => stateOf(home).parts[part]?.restarts === 1 && stateOf(home).parts[part]?.status === "ready",
      );
      expect(stateOf(home).parts[part]?.process?.pid).not.toBe(killed?.pid);
    }
    await until(() => answers(stateOf(home)));
    const status = await coppice("status", "--json");
    expect(status.code).toBe(0);
    expect(
      JSON.parse(status.stdout).parts.map((part: { name: string; restarts: number }) => part.restarts),
    ).toEqual([1, 1, 1, 1]);

    const { parts, supervisor } = stateOf(home);
    expect(await coppice("down")).toMatchObject({ code: 0, stdout: "Stopped.\n" });
    for (const each of [supervisor, ...Object.values(parts).map((part) => part.process)])
      expect(each && isRunning(each)).toBe(false);
    expect((await coppice("status")).code).toBe(4);
    expect(await coppice("down")).toMatchObject({
      code: 0,
      stdout: `Nothing was running for ${home.folder}.\n`,
    });
  });

  it("keeps ports and state over restarts, and two homes run side by side", async () => {
    const one = newHome();
    const two = newHome();
    const both = await Promise.all([one, two].map((each) => each.coppice("up", "--detach", "--json")));
    expect(both.map((each) => each.code)).toEqual([0, 0]);
    const [first, second] = both.map((each) => JSON.parse(each.stdout));
    const ports = [first, second].flatMap((each) => Object.values(each.ports));
    expect(new Set(ports).size).toBe(8);
    const applied = await one.coppice("apply", "--yes", "examples/storefront.coppice");
    expect(applied).toMatchObject({ code: 0 });
    expect((await two.coppice("ls", "clusters")).stdout).toBe("There are no clusters.\n");
    await one.coppice("down");
    const token = readFileSync(one.home.token, "utf8");
    const again = await one.coppice("up", "--detach", "--json");
    expect(JSON.parse(again.stdout).ports).toEqual(first.ports);
    expect(readFileSync(one.home.token, "utf8")).toBe(token);
    expect((await one.coppice("ls", "clusters")).stdout).toContain("storefront");
  });

  it("ends with its supervisor when that is killed, and starts again over what is left", async () => {
    const { home, coppice } = newHome();
    await coppice("up", "--detach");
    const { parts, supervisor } = stateOf(home);
    process.kill(supervisor?.pid ?? 0, "SIGKILL");
    for (const [name, part] of Object.entries(parts)) {
      expect(part.process && (await waitUntilGone(part.process, 25_000)), name).toBe(true);
    }
    expect((await coppice("status")).code).toBe(4);
    expect((await coppice("up", "--detach")).code).toBe(0);
  });

  it("in the foreground ends in order at SIGTERM and at Ctrl-C", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { home, env } = newHome();
      const child = spawn(path.join(root, "coppice"), ["up"], {
        env: { PATH: process.env["PATH"], ...env },
        stdio: "ignore",
      });
      await until(() => existsSync(home.state) && stateOf(home).status === "ready");
      const { parts } = stateOf(home);
      child.kill(signal);
      const [code] = await once(child, "exit");
      expect(code).toBe(0);
      expect(stateOf(home)).toMatchObject({ status: "stopped", supervisor: null });
      for (const part of Object.values(parts)) expect(part.process && isRunning(part.process)).toBe(false);
    }
  });

  it("refuses a named port in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const { home, coppice } = newHome();
    const ran = await coppice("up", "--api-port", String(port));
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain(`error: port ${port} of 127.0.0.1, named for api, is in use\n  help: `);
    expect(existsSync(home.lock)).toBe(false);
    const detached = await coppice("up", "--detach", "--api-port", String(port));
    expect(detached).toMatchObject({ code: 1 });
  });

  it("says what to do about damaged data, and starts with it set aside", async () => {
    const { home, coppice } = newHome();
    expect((await coppice("up", "--detach")).code).toBe(0);
    await coppice("down");

    truncateSync(path.join(home.postgres, "global", "pg_control"), 100);
    const broken = await coppice("up");
    expect(broken).toMatchObject({ code: 1, stdout: "" });
    expect(broken.stderr).toContain(`error: Postgres' data folder ${home.postgres} can't be used: `);
    expect(broken.stderr).toContain("coppice up --set-aside postgres");
    expect(stateOf(home)).toMatchObject({
      status: "failed",
      failure: { code: "bad-data" },
      supervisor: null,
    });

    writeFileSync(home.temporal, "this is no database, and never was one");
    const both = await coppice("up", "--detach", "--set-aside", "postgres");
    expect(both).toMatchObject({ code: 1 });
    expect(both.stderr).toContain("coppice up --set-aside temporal");

    expect((await coppice("up", "--detach", "--set-aside", "temporal")).code).toBe(0);
    const aside = readdirSync(home.folder).filter((name) => name.includes(".aside-"));
    const parts = new Set(aside.map((name) => name.replace(/(-wal|-shm)?\.aside-.*/, "")));
    expect(parts).toEqual(new Set(["postgres", "temporal.sqlite"]));
  });

  it("rotates a large log at the next start", async () => {
    const { home, coppice } = newHome();
    await coppice("up", "--detach");
    await coppice("down");
    const log = path.join(home.logs, "api.log");
    appendFileSync(log, "x".repeat(11 * 1024 * 1024));
    await coppice("up", "--detach");
    expect(statSync(`${log}.1`).size).toBeGreaterThan(11 * 1024 * 1024);
    expect(statSync(log).size).toBeLessThan(1024 * 1024);
  });
});
