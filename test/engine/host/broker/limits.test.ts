import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { CallBudgets } from "../../../../engine/host/broker/call-budgets.ts";
import { RateLimits } from "../../../../engine/host/broker/rate-limits.ts";
import { brokerCall, brokerFixture } from "./broker-fixture.ts";

describe("how much a plugin may ask for", () => {
  it("makes what is over the rate wait, and refuses what would wait too long", async () => {
    const rates = new RateLimits(100);
    const call = brokerCall({});
    const started = performance.now();
    await Promise.all(Array.from({ length: 120 }, () => rates.take(call)));
    expect(performance.now() - started).toBeGreaterThan(150);
    const controller = new AbortController();
    const many = Array.from({ length: 1500 }, () =>
      rates.take({ ...call, signal: controller.signal }).then(
        () => "taken",
        (error: { code?: string }) => error.code,
      ),
    );
    await Promise.race(many);
    controller.abort();
    expect(await Promise.all(many)).toContain("rate-limited");
  });

  it("counts each plugin and project apart", async () => {
    const rates = new RateLimits(1);
    const controller = new AbortController();
    const full = brokerCall({ signal: controller.signal });
    await rates.take(full);
    const waiting = rates.take(full);
    const another = rates.take(brokerCall({ projectId: "another" }));
    const first = Promise.race([waiting.then(() => "full"), another.then(() => "another")]);
    expect(await first).toBe("another");
    controller.abort();
    await expect(waiting).rejects.toThrow();
  });

  it("ends a call's flood, at once and in all", () => {
    const budgets = new CallBudgets();
    const call = brokerCall({});
    const open = Array.from({ length: 256 }, () => budgets.enter(call));
    expect(open.every(({ failure }) => failure === null)).toBe(true);
    expect(budgets.enter(call)).toMatchObject({ failure: { code: "too-many-requests" }, told: false });
    expect(budgets.enter(call)).toMatchObject({ failure: { code: "too-many-requests" }, told: true });
    for (const { leave } of open) leave();
    for (let i = 256; i < 100_000; i++) budgets.enter(call).leave();
    expect(budgets.enter(call).failure?.message).toContain("in one call");
    expect(budgets.enter(brokerCall({})).failure).toBeNull();
  });

  it("writes also what makes no sense to the audit", async () => {
    const { broker, audit } = brokerFixture();
    await expect(broker.request(brokerCall({}), "telepathy", {})).rejects.toMatchObject({
      code: "bad-request",
    });
    // what can't be made text: JSON can say it
    const odd = { toString: 1, valueOf: 1 };
    const inputs = {
      http: { method: odd, url: odd },
      socket: { path: odd, request: { method: odd, url: odd } },
      command: { executable: odd },
      ssh: { to: odd },
      amqp: { do: "consume", to: odd, queue: odd },
      endpoint: { type: odd },
      state: { do: odd, key: odd },
      sleep: { milliseconds: odd },
      metric: { name: odd },
      stream: { do: "read", id: odd },
      reveal: { secret: odd },
    };
    for (const [name, input] of Object.entries(inputs))
      await expect(broker.request(brokerCall({}), name, input), name).rejects.toMatchObject({
        code: expect.stringMatching(/^(bad-request|not-granted)$/),
      });
    await broker.close();
    expect(audit.map((entry) => entry.capability)).toEqual(["telepathy", ...Object.keys(inputs)]);
    expect(audit[0]).toMatchObject({ outcome: "failed" });
  });
});

describe("host.metric", () => {
  it("adds up, by plugin, project and labels, in Prometheus' form", async () => {
    const { broker, audit } = brokerFixture();
    const call = brokerCall({});
    const count = (value: number, labels: object = {}) =>
      broker.request(call, "metric", { name: "lamps", value, labels });
    await count(1, { colour: "red" });
    await count(2.5, { colour: "red" });
    await count(1, { colour: 'a"b' });
    await broker.request(brokerCall({ projectId: "two" }), "metric", { name: "lamps", value: 7 });
    expect(broker.metrics.text()).toBe(`# TYPE coppice_plugin_lamps_total counter
coppice_plugin_lamps_total{colour="a\\"b",plugin="probe",project="test"} 1
coppice_plugin_lamps_total{colour="red",plugin="probe",project="test"} 3.5
coppice_plugin_lamps_total{plugin="probe",project="two"} 7
`);
    expect(Object.keys(broker.metrics.changed())).toHaveLength(3);
    await count(1, { colour: "red" });
    expect(Object.values(broker.metrics.changed())).toEqual([4.5]);
    await broker.close();
    expect(audit).toEqual([]);
  });

  it("takes no other names, no going down, and no more series than it can hold", async () => {
    const { broker } = brokerFixture();
    const call = brokerCall({});
    for (const bad of [
      { name: "Bad", value: 1 },
      { name: "a", value: -1 },
      { name: "a", value: "1" },
      { name: "a", value: 1, labels: { plugin: "other" } },
      { name: "a", value: 1, labels: { "x=1,y": "1" } },
      { name: "a", value: 1, labels: { x: "y".repeat(101) } },
    ])
      await expect(broker.request(call, "metric", bad)).rejects.toMatchObject({ code: "bad-request" });
    for (let i = 0; i < 250; i++)
      await broker.request(call, "metric", { name: "a", value: 1, labels: { i: String(i) } });
    expect(broker.metrics.text().match(/^coppice/gm)).toHaveLength(200);
    await broker.close();
  });
});

describe("host.reveal", () => {
  it("reads a secret of this call where it is granted, and nothing else", async () => {
    const { broker, audit } = brokerFixture();
    const call = brokerCall({ grants: [{ capability: "reveal", target: null }] });
    call.secrets.setValue("password", "correct horse");
    const handle = call.secrets.handleOf("password");
    expect(await broker.request(call, "reveal", { secret: handle })).toBe("correct horse");
    expect(call.secrets.forPeople("it is correct horse")).toBe("it is (secret password)");
    for (const secret of ["password", "coppice-secret-0", 7, null])
      await expect(broker.request(call, "reveal", { secret })).rejects.toMatchObject({ code: "bad-request" });
    const denied = brokerCall({ needs: [{ capability: "reveal", why: "test" }] });
    denied.secrets.setValue("password", "correct horse");
    const refused = broker.request(denied, "reveal", { secret: denied.secrets.handleOf("password") });
    await expect(refused).rejects.toMatchObject({
      code: "not-granted",
      help: expect.stringContaining("allow reveal"),
    });
    await broker.close();
    expect(audit.map((entry) => entry.outcome)).toEqual([
      "ok",
      "failed",
      "failed",
      "failed",
      "failed",
      "refused",
    ]);
    expect(JSON.stringify(audit)).not.toContain("correct horse");
  });
});
