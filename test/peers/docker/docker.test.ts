import { describe, expect, it, onTestFinished } from "vitest";
import { loadPlugin } from "../../../engine/host/load-plugin.ts";
import type { Json } from "../../../grammar/plan.ts";
import { hostFixture } from "../../engine/host/host-fixture.ts";
import { conformance } from "../../plugins/conformance.ts";
import { askEngine, engineSocket, secondImage } from "./engine-socket.ts";

const socket = engineSocket("docker");
const properties = {
  image: "peer/busybox:1",
  command: ["sleep", "100000"],
  memory: 16 * 1024 * 1024,
  network: "none",
  stop_timeout: 0,
};

await conformance({
  name: "docker, on dockerd",
  plugin: "plugins/docker",
  before: () => secondImage(socket),
  given: {
    settings: { socket },
    allow: [`socket ${socket}`],
    calls: 1000,
    profiles: {
      container: {
        properties,
        changes: [{ memory: 32 * 1024 * 1024, cpus: 0.5 }, { image: "peer/busybox:2" }],
      },
    },
  },
  skips: [],
});

describe("containers on dockerd", () => {
  const start = async (more: Record<string, Json> = {}) => {
    const plugin = await loadPlugin("plugins/docker");
    const { host } = hostFixture([plugin]);
    const key = `special-${process.pid}-${Date.now().toString(36)}`;
    const operate = (operation: string, physicalId: string | null, rest: Record<string, Json> = {}) =>
      host.call({
        pluginHash: plugin.hash,
        projectId: "p",
        grants: [{ capability: "socket", target: socket }],
        settings: { socket },
        target: { kind: "operation", profile: "container", operation },
        call: {
          key,
          node: { id: "n", name: "Web 1", index: 1, cluster: "web" },
          physicalId,
          properties: { ...properties, ...more },
          ...rest,
        },
        timeoutMs: 60_000,
        origin: { actionId: null, callId: operation },
      });
    onTestFinished(async () => {
      await operate("delete", null);
      await host.close();
    });
    const { physicalId } = (await operate("create", null)) as { physicalId: string };
    return { operate, physicalId };
  };

  it("carry their settings to the engine", async () => {
    const { physicalId } = await start({
      environment: { GREETING: "hello = you" },
      labels: { team: "shop" },
      cpus: 0.25,
    });
    const { json } = await askEngine(socket, "GET", `/containers/${physicalId}/json`);
    expect(json.Config.Env).toContain("GREETING=hello = you");
    expect(json.Config.Labels).toMatchObject({
      team: "shop",
      "coppice.cluster": "web",
      "coppice.name": "Web 1",
    });
    expect(json.Config.Hostname).toBe("web-1");
    expect(json.HostConfig).toMatchObject({
      Memory: 16 * 1024 * 1024,
      NanoCpus: 250_000_000,
      NetworkMode: "none",
    });
  });

  it("get other limits without a restart", async () => {
    const { operate, physicalId } = await start();
    const before = await askEngine(socket, "GET", `/containers/${physicalId}/json`);
    await operate("update", physicalId, { changes: { memory: 64 * 1024 * 1024, cpus: 0.5 } });
    const after = await askEngine(socket, "GET", `/containers/${physicalId}/json`);
    expect(after.json.HostConfig).toMatchObject({ Memory: 64 * 1024 * 1024, NanoCpus: 500_000_000 });
    expect(after.json.State.StartedAt).toBe(before.json.State.StartedAt);
  });

  it("are healthy by their health check, and say why they aren't", async () => {
    const { operate, physicalId } = await start({
      health_check: {
        command: ["/bin/sh", "-c", "test ! -e /tmp/sick || { echo so sick; exit 1; }"],
        every: 1000,
        timeout: 1000,
        retries: 1,
      },
    });
    const patience = { timeout: 20_000, interval: 200 };
    await expect.poll(() => operate("get", physicalId), patience).toMatchObject({ healthy: true });
    const exec = await askEngine(socket, "POST", `/containers/${physicalId}/exec`, {
      Cmd: ["touch", "/tmp/sick"],
    });
    await askEngine(socket, "POST", `/exec/${exec.json.Id}/start`, { Detach: true });
    await expect
      .poll(() => operate("get", physicalId), patience)
      .toMatchObject({
        running: true,
        healthy: false,
        detail: expect.stringContaining("so sick"),
      });
  });

  it("that died say how", async () => {
    const { operate, physicalId } = await start({ command: ["/bin/sh", "-c", "exit 7"] });
    await expect
      .poll(() => operate("get", physicalId), { timeout: 10_000 })
      .toMatchObject({
        exists: true,
        running: false,
        healthy: false,
        detail: "exited with code 7",
      });
  });
});
