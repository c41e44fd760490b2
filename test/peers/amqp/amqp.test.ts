import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { AmqpMessage } from "../../../plugins/sdk/host.ts";
import { brokerCall, brokerFixture } from "../../engine/host/broker/broker-fixture.ts";

const to = `127.0.0.1:${process.env["OSB_RABBIT_PORT"] ?? "5672"}/`;

describe("a real RabbitMQ", () => {
  const queue = `coppice-${randomUUID()}`;
  const call = () => {
    const made = brokerCall({ grants: [{ capability: "amqp", target: to }] });
    made.secrets.setValue("password", "peerpass");
    return made;
  };
  const ask = async (
    broker: ReturnType<typeof brokerFixture>["broker"],
    operation: string,
    more: object,
    login: object = {},
  ) => {
    const own = call();
    const password = own.secrets.handleOf("password");
    return broker.request(own, "amqp", { do: operation, to, user: "openstack", password, ...more, ...login });
  };
  const bind = { exchange: "amq.topic", routingKeys: ["lamps.*"] };

  it("takes messages and gives them, again until they are acknowledged", async () => {
    const first = brokerFixture();
    const consume = (broker: typeof first.broker, more: object = {}) =>
      ask(broker, "consume", { queue, bind, ...more }) as Promise<AmqpMessage[]>;
    expect(await consume(first.broker)).toEqual([]);
    const publish = (routingKey: string, body: unknown) =>
      ask(first.broker, "publish", { exchange: "amq.topic", routingKey, body, headers: { from: "test" } });
    await publish("lamps.red", { on: true });
    await publish("lamps.green", "plain");
    await publish("other", "not for us");
    const got = await consume(first.broker);
    expect(got).toMatchObject([
      { exchange: "amq.topic", routingKey: "lamps.red", text: '{"on":true}', redelivered: false },
      { routingKey: "lamps.green", text: "plain", headers: { from: "test" } },
    ]);
    expect(await consume(first.broker)).toEqual([]);
    await ask(first.broker, "acknowledge", { tags: [got[0]?.tag] });
    await new Promise((done) => setTimeout(done, 200));
    await first.broker.close(); // with one message that nobody acknowledged
    const second = brokerFixture();
    const again = await consume(second.broker, { wait: 5000 });
    expect(again).toMatchObject([{ text: "plain", redelivered: true }]);
    expect(await ask(second.broker, "acknowledge", { tags: [got[1]?.tag] })).toBe(0); // a tag of the lost connection
    expect(await ask(second.broker, "acknowledge", { tags: [again[0]?.tag] })).toBe(1);
    await second.broker.close();
    expect(first.audit.map(({ target }) => target)).toContain(`publish ${to} amq.topic lamps.red`);
    expect(JSON.stringify(first.audit)).not.toContain("plain");
  });

  it("waits for the first message, and no longer than asked", async () => {
    const { broker } = brokerFixture();
    const started = performance.now();
    expect(await ask(broker, "consume", { queue, wait: 300 })).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(250);
    const waiting = ask(broker, "consume", { queue, wait: 20_000 });
    await ask(broker, "publish", { routingKey: queue, body: [1, 2] });
    const [message] = (await waiting) as AmqpMessage[];
    expect(message).toMatchObject({ text: "[1,2]", exchange: "" });
    await ask(broker, "acknowledge", { tags: [message?.tag] });
    await broker.close();
  });

  it("says what is wrong, and goes on after it", async () => {
    const { broker } = brokerFixture();
    const absent = ask(broker, "consume", { queue: `absent-${randomUUID()}` });
    await expect(absent).rejects.toMatchObject({ code: "amqp-wrong", retryable: false });
    const nowhere = ask(broker, "publish", { exchange: "no-such-exchange", routingKey: "a", body: 1 });
    await expect(nowhere).rejects.toMatchObject({ code: "amqp-wrong", retryable: false });
    const stranger = ask(broker, "consume", { queue }, { password: "wrong-password" });
    await expect(stranger).rejects.toMatchObject({ code: "amqp-refused", retryable: false });
    await ask(broker, "publish", { routingKey: queue, body: "still there" });
    expect(await ask(broker, "consume", { queue })).toMatchObject([{ text: "still there" }]);
    const elsewhere = ask(broker, "consume", { queue, to: `${to}another` });
    await expect(elsewhere).rejects.toMatchObject({ code: "not-granted" });
    await broker.close();
  });
});
