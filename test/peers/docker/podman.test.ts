import { expect, it } from "vitest";
import { loadPlugin } from "../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../engine/host/plugin-host.ts";
import { hostFixture } from "../../engine/host/host-fixture.ts";
import { conformance } from "../../plugins/conformance.ts";
import { engineSocket, secondImage } from "./engine-socket.ts";

const socket = engineSocket("podman");
const properties = {
  image: "peer/busybox:1",
  command: ["sleep", "100000"],
  network: "none",
  stop_timeout: 0,
};

await conformance({
  name: "docker, on podman's service",
  plugin: "plugins/docker",
  before: () => secondImage(socket),
  given: {
    settings: { socket },
    allow: [`socket ${socket}`],
    calls: 1000,
    profiles: {
      container: {
        properties,
        changes: [{ image: "peer/busybox:2" }], // a change of memory in place: see below
      },
    },
  },
  skips: [],
});

it("says for good that podman can't change limits in place, and what to do", async () => {
  const plugin = await loadPlugin("plugins/docker");
  const { host } = hostFixture([plugin]);
  const key = `podman-${process.pid}-${Date.now().toString(36)}`;
  const operate = (operation: string, physicalId: string | null, more = {}) =>
    host.call({
      pluginHash: plugin.hash,
      projectId: "p",
      grants: [{ capability: "socket", target: socket }],
      settings: { socket },
      target: { kind: "operation", profile: "container", operation },
      call: { key, node: { id: "n", name: "n-1", index: 1, cluster: "c" }, physicalId, properties, ...more },
      timeoutMs: 60_000,
      origin: { actionId: null, callId: operation },
    });
  try {
    const { physicalId } = (await operate("create", null)) as { physicalId: string };
    const error = await operate("update", physicalId, { changes: { memory: 64 * 1024 * 1024 } }).catch(
      (e: HostFailure) => e,
    );
    expect(error).toMatchObject({
      code: "resize-unsupported",
      retryable: false,
      help: expect.stringContaining("recreate()"),
    });
  } finally {
    await operate("delete", null);
    await host.close();
  }
});
