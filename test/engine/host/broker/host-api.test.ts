import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../../../engine/host/load-plugin.ts";
import type { Grant, Json } from "../../../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../host-fixture.ts";

/** Calls what `value` names (`["amqp.publish", …]`) of the host, in a real guest. */
const functions = {
  use: `async (host, call) => {
    const [name, ...rest] = call.arguments.value;
    const [first, second] = name.split(".");
    const f = second === undefined ? host[first] : host[first][second];
    return (await f(...rest)) ?? null;
  }`,
  reveal: "async (host, call) => (await host.reveal(call.arguments.password)).length",
  reveal_aloud:
    "async (host, call) => { host.log('info', await host.reveal(call.arguments.password)); return await host.reveal(call.arguments.password); }",
};
const capabilities = ["ssh", "amqp", "keystone", "reveal"] as const;

describe("what the host does beyond HTTP, seen from a plugin", () => {
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    const any = { type: "Any" };
    const withSecret = { arguments: { password: { type: "Secret" } }, result: any };
    plugin = await pluginOf(functions, {
      manifest: {
        needs: capabilities.map((capability) => ({ capability, why: "test" })),
        functions: {
          use: { arguments: { value: any }, result: any },
          reveal: withSecret,
          reveal_aloud: withSecret,
        },
      },
    });
    const read = async () => "correct horse battery";
    fixture = hostFixture([plugin], { secrets: { read } });
  });
  afterAll(() => fixture.host.close());
  const use = (value: Json[], grants: Grant[] = []) => fixture.invoke(plugin, "use", { value }, { grants });

  it.each([
    ["ssh", { to: "me@127.0.0.1:22", command: ["id"], key: "k" }, 'allow ssh "me@127.0.0.1:22"'],
    ["amqp.publish", { to: "127.0.0.1:5672/", routingKey: "a", body: 1 }, 'allow amqp "127.0.0.1:5672/"'],
    ["amqp.consume", { to: "127.0.0.1:5672/", queue: "a" }, 'allow amqp "127.0.0.1:5672/"'],
    ["amqp.acknowledge", { to: "127.0.0.1:5672/", tags: [] }, 'allow amqp "127.0.0.1:5672/"'],
    ["endpoint", { type: "compute" }, "allow keystone"],
  ])("%s needs its grant, and is in the audit when it is refused", async (name, request, line) => {
    const before = fixture.audit.length;
    const asked = use([name, request as unknown as Json]);
    await expect(asked).rejects.toMatchObject({ code: "not-granted", help: expect.stringContaining(line) });
    await expect
      .poll(() => fixture.audit.slice(before))
      .toMatchObject([{ outcome: "refused", plugin: "probe" }]);
  });

  it("counts without a grant, and a wrong name is the plugin's mistake", async () => {
    expect(await use(["metric", "lamps", 1, { colour: "red" }])).toBeNull();
    await expect(use(["metric", "No Name", 1])).rejects.toMatchObject({ code: "bad-request" });
  });

  it("reveals a secret where that is granted, and still keeps it from people", async () => {
    const grants: Grant[] = [{ capability: "reveal", target: null }];
    const q = { grants, secretSource: async () => ({ source: "env" as const, key: "X" }) };
    const password = { $secret: "password" };
    expect(await fixture.invoke(plugin, "reveal", { password }, q)).toBe("correct horse battery".length);
    expect(await fixture.invoke(plugin, "reveal_aloud", { password }, q)).toBe("(secret password)");
    expect(JSON.stringify([fixture.logs, fixture.audit])).not.toContain("correct horse");
    const denied = fixture.invoke(plugin, "reveal", { password }, { ...q, grants: [] });
    await expect(denied).rejects.toMatchObject({ code: "not-granted" });
  });

  it("says that nobody answers where a message broker should be", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const to = `127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.close();
    const asked = use(
      ["amqp.publish", { to, routingKey: "a", body: 1 }],
      [{ capability: "amqp", target: to }],
    );
    await expect(asked).rejects.toMatchObject({ code: "amqp-failed", retryable: true });
  });
});
