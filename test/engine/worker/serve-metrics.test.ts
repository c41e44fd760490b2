import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { serveMetrics } from "../../../engine/worker/serve-metrics.ts";
import { hostFixture, pluginOf } from "../host/host-fixture.ts";

it("tells Prometheus of the process, the host, the broker and what plugins count", async () => {
  const plugin = await pluginOf(
    {
      counts: `async (host) => { await host.metric("boxes", 2, { size: 'a "b"' }); await host.state.set("a", 1); return 1; }`,
      fails: `async (_, { key }) => { throw new DriverError("no", { code: "made-up-" + key, retryable: false }); }`,
      asks: `async (host) => { await host.http({ method: "GET", url: "http://127.0.0.1:1/" }); return 1; }`,
    },
    { manifest: { needs: [{ capability: "state", why: "a test" }] } },
  );
  const { host, invoke } = hostFixture([plugin]);
  const metrics = await serveMetrics(0, host);
  try {
    await invoke(plugin, "counts", {}, { grants: [{ capability: "state", target: null }] });
    await expect(invoke(plugin, "fails")).rejects.toThrow("no");
    await expect(invoke(plugin, "asks")).rejects.toThrow();
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${metrics.port}${path}`);
      return {
        status: response.status,
        type: response.headers.get("content-type"),
        text: await response.text(),
      };
    };
    await expect
      .poll(async () => (await ask("/metrics")).text)
      .toContain('capability="http",outcome="refused"} 1');
    const { status, type, text } = await ask("/metrics");
    expect(status).toBe(200);
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/^process_cpu_seconds_total [0-9.]+$/m);
    expect(text).toMatch(/^coppice_host_guests [1-9]$/m);
    const { name } = plugin.manifest;
    expect(text).toContain(`coppice_host_call_seconds_count{plugin="${name}",outcome="ok"} 1`);
    expect(text).toContain(`coppice_host_call_seconds_count{plugin="${name}",outcome="failed"} 2`); // codes of its own are no labels
    expect(text).toContain(
      `coppice_broker_requests_total{plugin="${name}",capability="state",outcome="ok"} 1`,
    );
    expect(text).toContain(`coppice_plugin_boxes_total{plugin="${name}",project="test",size="a \\"b\\""} 2`);
    expect((await ask("/")).status).toBe(404);
    const elsewhere = Object.values(networkInterfaces())
      .flat()
      .find((at) => at !== undefined && !at.internal && at.family === "IPv4");
    if (elsewhere !== undefined)
      await expect(fetch(`http://${elsewhere.address}:${metrics.port}/metrics`)).rejects.toThrow();
  } finally {
    await metrics.close();
    await host.close();
  }
});
