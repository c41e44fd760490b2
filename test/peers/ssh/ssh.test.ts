import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { CommandResult } from "../../../plugins/sdk/host.ts";
import { brokerCall, brokerFixture } from "../../engine/host/broker/broker-fixture.ts";

const folder = join(process.env["PEERS_DIR"] ?? "/var/tmp/peers", "ssh");
const first = Number(process.env["SSH_PEER_PORT"] ?? "12200") + 1;
const plug = join(process.env["COPPICE_TEST_PEER_SCRIPTS"] ?? "", "machine");

describe("real machines with sshd", () => {
  const { broker } = brokerFixture({ knownHosts: join(folder, "known_hosts") });
  afterAll(() => broker.close());
  const run = (machine: number, command: string[], more: object = {}) => {
    const to = `root@127.0.0.1:${first + machine - 1}`;
    const call = brokerCall({ grants: [{ capability: "ssh", target: to }] });
    call.secrets.setValue("key", readFileSync(join(folder, "key"), "utf8"));
    const key = call.secrets.handleOf("key");
    return broker.request(call, "ssh", { to, command, key, ...more }) as Promise<CommandResult>;
  };

  it("run commands, each machine its own, by the operator's file of host keys", async () => {
    const names = await Promise.all([1, 2, 3].map((machine) => run(machine, ["hostname"])));
    expect(names.map(({ stdout }) => stdout.trim())).toEqual(["m1", "m2", "m3"]);
    expect(await run(1, ["sh", "-c", "echo $0 $1; exit 7", "a b", "c'd"])).toMatchObject({
      exitCode: 7,
      stdout: "a b c'd\n",
    });
  });

  it("take more commands at once than sshd has sessions for one connection", async () => {
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => run(2, ["echo", String(i)])));
    expect(all.map(({ stdout }) => Number(stdout))).toEqual(all.map((_, i) => i));
  });

  it("are reached again after they were switched off and on", async () => {
    execFileSync(plug, ["3", "off"], { stdio: "ignore" });
    const off = await run(3, ["true"], { timeout: 20_000 }).catch(
      (error: { code: string; retryable: boolean }) => error,
    );
    expect(off).toMatchObject({ code: "ssh-unreachable", retryable: true });
    execFileSync(plug, ["3", "on"], { stdio: "ignore" });
    await expect
      .poll(
        () =>
          run(3, ["hostname"]).then(
            ({ stdout }) => stdout,
            () => "",
          ),
        { timeout: 20_000 },
      )
      .toBe("m3\n");
  });

  it("cost little once connected", async () => {
    await run(1, ["true"]);
    const started = performance.now();
    for (let i = 0; i < 10; i++) await run(1, ["true"]);
    const each = (performance.now() - started) / 10;
    console.log(`one command over the kept connection: ${each.toFixed(0)} ms`);
    expect(each).toBeLessThan(500);
  });
});
