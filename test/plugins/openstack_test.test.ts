import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { memoryStateStore } from "../../engine/host/broker/memory-state-store.ts";
import { type LoadedPlugin, loadPlugin } from "../../engine/host/load-plugin.ts";
import type { HostFailure, PluginHost } from "../../engine/host/plugin-host.ts";
import { readProperties } from "../../engine/specs/read-properties.ts";
import type { Json } from "../../grammar/plan.ts";
import { hostFixture } from "../engine/host/host-fixture.ts";
import { conformance } from "./conformance.ts";

await conformance({ name: "openstack_test", plugin: "plugins/openstack_test", skips: ["function-answers"] });

const hosts: PluginHost[] = [];
let plugin: LoadedPlugin;
beforeAll(async () => {
  plugin = await loadPlugin("plugins/openstack_test");
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

type More = Readonly<Record<string, Json>>;
const needed: Readonly<Record<string, More>> = {
  server: { flavor: "1", image: "cirros", networks: [{ network: "private" }] },
  stack: { template: { heat_template_version: "2021-04-16", description: "one" } },
  container: { image: "busybox", host_node: "n-1" },
};

/** A cloud of its own. */
function start(settings: More = {}) {
  const { host } = hostFixture([plugin], { state: memoryStateStore() });
  hosts.push(host);
  const base = {
    pluginHash: plugin.hash,
    projectId: "p",
    grants: [{ capability: "state", target: null }] as const,
    settings: settings as Record<string, Json>,
    timeoutMs: 10_000,
    origin: { actionId: null, callId: "c" },
  };
  const callOf = (profile: string, index: number, more: More): Record<string, Json> => {
    const { properties, ...rest } = more;
    return {
      key: `key-${index}`,
      node: { id: `n${index}`, name: `web-${index}`, index, cluster: "web", clusterId: "c-1" },
      physicalId: null,
      properties: { ...needed[profile], ...(properties as More) },
      ...rest,
    };
  };
  const operate = (profile: string, operation: string, index: number, more: More = {}) =>
    host.call({
      ...base,
      target: { kind: "operation", profile, operation },
      call: callOf(profile, index, more),
    });
  return {
    host,
    operate,
    batch: (operation: string, calls: readonly More[]) =>
      host.call({
        ...base,
        target: { kind: "batch", profile: "server", operation },
        call: { calls: calls.map((call, i) => callOf("server", i + 1, call)) },
      }),
    invoke: (name: string, args: More = {}, key = "k") =>
      host.call({
        ...base,
        target: { kind: "function", function: name },
        call: { key, arguments: args as Record<string, Json> },
      }),
    /** A living resource, and what is done with it. */
    async make(profile: string, index = 1, properties: More = {}) {
      const made = (await operate(profile, "create", index, { properties })) as { physicalId: string };
      const { physicalId } = made;
      const act = (operation: string, args: More = {}) =>
        operate(profile, operation, index, { physicalId, arguments: args, key: `key-${index}-${operation}` });
      return {
        id: physicalId,
        act,
        get: () => operate(profile, "get", index, { physicalId }),
        details: async () => (await act("details")) as Record<string, Json>,
        update: (changes: More) => operate(profile, "update", index, { physicalId, changes }),
        remove: (more: More = {}) => operate(profile, "delete", index, { physicalId, ...more }),
      };
    },
  };
}
const outcome = (promise: Promise<Json>) =>
  promise.then(
    () => "ok",
    (error: HostFailure) => `${error.code}: ${error.message}`,
  );

describe("a server", () => {
  it("shows what Senlin shows of Nova's", async () => {
    const { make } = start();
    const server = await make("server", 3, {
      metadata: { role: "web" },
      key_name: "k",
      security_groups: ["a"],
    });
    const details = await server.details();
    expect(server.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(details).toMatchObject({
      id: server.id,
      name: "web-3",
      status: "ACTIVE",
      image: "cirros",
      flavor: "1",
      key_name: "k",
      security_groups: "a",
      locked: false,
      metadata: { role: "web", cluster_node_id: "n3", cluster_id: "c-1", cluster_node_index: "3" },
      addresses: { private: [{ version: 4, "OS-EXT-IPS:type": "fixed" }] },
      "OS-DCF:diskConfig": "AUTO",
      "OS-EXT-AZ:availability_zone": "nova",
      "OS-EXT-STS:vm_state": "active",
      "OS-EXT-STS:power_state": 1,
      "OS-EXT-STS:task_state": "-",
    });
    expect(Object.keys(details).sort()).toEqual(
      `OS-DCF:diskConfig OS-EXT-AZ:availability_zone OS-EXT-STS:power_state OS-EXT-STS:task_state
       OS-EXT-STS:vm_state OS-SRV-USG:launched_at OS-SRV-USG:terminated_at accessIPv4 accessIPv6 addresses
       attached_volumes config_drive created flavor hostId id image key_name locked metadata name
       os-extended-volumes:volumes_attached progress security_groups status updated`
        .trim()
        .split(/\s+/),
    );
  });

  it.each([
    ["stop", "SHUTOFF", "start"],
    ["pause", "PAUSED", "unpause"],
    ["suspend", "SUSPENDED", "resume"],
    ["rescue", "RESCUE", "unrescue"],
  ])("is really changed by %s: %s until %s", async (down, status, up) => {
    const { make } = start();
    const server = await make("server");
    await server.act(down);
    expect(await server.get()).toMatchObject({
      exists: true,
      running: false,
      healthy: false,
      detail: status,
    });
    expect(await server.details()).toMatchObject({ status });
    await server.act(up);
    expect(await server.get()).toMatchObject({ running: true, healthy: true, detail: "ACTIVE" });
  });

  it("refuses what its status doesn't allow", async () => {
    const { make } = start();
    const server = await make("server");
    expect(await outcome(server.act("unpause"))).toBe("ok"); // it is as it should be
    expect(await outcome(server.act("unrescue"))).toBe("ok");
    await server.act("suspend");
    expect(await outcome(server.act("start"))).toBe("wrong-status: web-1 is SUSPENDED; start needs SHUTOFF");
    expect(await outcome(server.act("reboot"))).toBe("wrong-status: web-1 is SUSPENDED; reboot needs ACTIVE");
    await server.act("reboot", { type: "HARD" });
    expect(await server.get()).toMatchObject({ detail: "ACTIVE" });
  });

  it("is locked, evacuated once for a key, and resized", async () => {
    const { make, invoke } = start();
    const server = await make("server");
    const hostOf = async () => ((await invoke("resources")) as { host: string }[])[0]?.host;
    const before = await hostOf();
    await server.act("lock");
    await server.act("evacuate");
    const after = await hostOf();
    expect(after).not.toBe(before);
    await server.act("evacuate");
    expect(await hostOf()).toBe(after);
    await server.act("resize", { flavor: "9" });
    expect(await server.details()).toMatchObject({ locked: true, flavor: "9" });
  });

  it("takes the updates that Senlin allows and refuses others before anything is touched", async () => {
    const { make } = start();
    const server = await make("server", 1, { metadata: { a: "1" } });
    await server.update({ image: "cirros-2", name: "renamed", metadata: { b: "2" }, networks: [] });
    expect(await server.details()).toMatchObject({
      image: "cirros-2",
      name: "renamed",
      metadata: { b: "2", cluster_id: "c-1", cluster_node_id: "n1" },
    });
    expect(await outcome(server.update({ flavor: "2", key_name: "k" }))).toMatch(
      /^bad-arguments: .*key_name/,
    );
    expect(await server.details()).toMatchObject({ flavor: "1", key_name: null });
    await server.act("pause");
    expect(await outcome(server.update({ flavor: "2" }))).toBe(
      "wrong-status: web-1 is PAUSED; update needs ACTIVE or SHUTOFF",
    );
  });

  it("joins and leaves clusters", async () => {
    const { make } = start();
    const server = await make("server");
    await server.act("leave");
    expect((await server.details())["metadata"]).toEqual({ cluster_node_id: "n1" });
    await server.act("join", { cluster_id: "c-2", index: 7 });
    expect(await server.details()).toMatchObject({
      metadata: { cluster_id: "c-2", cluster_node_index: "7" },
    });
  });

  it("can be adopted by the properties that its preview gives", async () => {
    const { make, invoke } = start();
    const made = { name: "db", metadata: { a: "1" }, config_drive: true, availability_zone: "nova" };
    const server = await make("server", 1, made);
    const preview = (await invoke("preview_server", { physical_id: server.id })) as Record<string, Json>;
    expect(preview).toEqual({
      ...made,
      auto_disk_config: true,
      flavor: "1",
      image: "cirros",
      networks: [{ network: "private" }],
      security_groups: [],
    });
    const schemas = plugin.manifest.profiles["server"]!.properties;
    expect(readProperties(schemas, preview)).toEqual({ ok: true, properties: preview });
    expect(await outcome(invoke("preview_server", { physical_id: "none" }))).toBe(
      "server-not-found: server none could not be found",
    );
  });

  it("is looked at by kind, as Senlin's health policy does", async () => {
    const { make, invoke } = start();
    const server = await make("server");
    const look = (kind: string) => server.act("check_health", { kind });
    expect(await look("NODE_STATUS_POLLING")).toEqual({ healthy: true, detail: "healthy" });
    await server.act("pause"); // no failure in the eyes of this kind
    expect(await look("NODE_STATUS_POLLING")).toMatchObject({ healthy: true });
    await invoke("set_status", { physical_id: server.id, status: "ERROR" });
    expect(await look("NODE_STATUS_POLLING")).toEqual({ healthy: false, detail: "its status is ERROR" });
    expect(await look("HYPERVISOR_STATUS_POLLING")).toMatchObject({ healthy: true });
    const [{ host } = { host: "" }] = (await invoke("resources")) as { host: string }[];
    await invoke("set_hypervisor", { name: host, state: "down" });
    expect(await look("HYPERVISOR_STATUS_POLLING")).toEqual({
      healthy: false,
      detail: `its hypervisor ${host} is down`,
    });
    await invoke("vanish", { physical_id: server.id });
    expect(await look("NODE_STATUS_POLLING")).toEqual({ healthy: false, detail: "it is gone" });
  });

  it("takes the time that its metadata say, to come and to go", async () => {
    const { make, operate } = start();
    const properties = { metadata: { simulated_wait_time: 1 } };
    const began = performance.now();
    const server = await make("server", 1, properties);
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(await server.get()).toMatchObject({ running: true, detail: "ACTIVE" });
    const parting = performance.now();
    await operate("server", "delete", 1, { physicalId: server.id, properties });
    expect(performance.now() - parting).toBeGreaterThan(950);
    expect(await server.get()).toMatchObject({ exists: false });
  });

  it("goes by force where its deletion fails", async () => {
    const { make, invoke } = start();
    const server = await make("server");
    await invoke("fail", { operation: "delete", message: "the host is lost" });
    expect(await outcome(server.remove())).toBe("asked-for: the host is lost");
    expect(await outcome(server.remove({ forced: true }))).toBe("ok");
    expect(await server.get()).toMatchObject({ exists: false });
  });

  it("comes and goes 250 at a time", async () => {
    const { batch, invoke } = start();
    const made = (await batch(
      "create",
      Array.from({ length: 250 }, () => ({})),
    )) as { value: { physicalId: string } }[];
    expect(new Set(made.map(({ value }) => value.physicalId)).size).toBe(250);
    expect(await invoke("resources")).toHaveLength(250);
    const there = made.map(({ value }) => ({ physicalId: value.physicalId }));
    const seen = (await batch("get", there)) as { value: { healthy: boolean } }[];
    expect(seen.every(({ value }) => value.healthy)).toBe(true);
    await batch("delete", there);
    expect(await invoke("resources")).toEqual([]);
  });
});

describe("validation", () => {
  it.each<[string, string, More, readonly string[]]>([
    ["a server with all it needs", "server", { flavor: "1", networks: [] }, []],
    [
      "names that are missing",
      "server",
      { flavor: "none", image: "none", key_name: "none", networks: [{ network: "none" }] },
      [
        "The specified flavor 'none' could not be found.",
        "The specified image 'none' could not be found.",
        "The specified key_name 'none' could not be found.",
        "The specified network none could not be found.",
      ],
    ],
    [
      "networks that contradict themselves",
      "server",
      {
        flavor: "1",
        networks: [{}, { port: "p", fixed_ip: "10.0.0.4" }, { network: "n", vnic_type: "fast" }],
      },
      [
        "One of 'port' and 'network' must be provided",
        "The 'port' property and the 'fixed_ip' property cannot be specified at the same time",
        "vnic_type: 'fast' is not supported.(supported types are: normal, direct, macvtap)",
      ],
    ],
    [
      "a context of odd keys",
      "server",
      { flavor: "1", networks: [], context: { region_name: "RegionOne", foo: "bar" } },
      ["Some keys in 'context' are invalid: ['foo']"],
    ],
    [
      "a stack without a template",
      "stack",
      { template: {}, template_url: "" },
      ["Both template and template_url are not specified for profile 'validated_profile'."],
    ],
    ["a stack with one", "stack", { template_url: "http://127.0.0.1/t" }, []],
    [
      "a container on nothing",
      "container",
      { image: "busybox" },
      ["Either 'host_cluster' or 'host_node' must be specified."],
    ],
    [
      "a container on two things",
      "container",
      { image: "busybox", host_cluster: "a", host_node: "b" },
      ["Either 'host_cluster' or 'host_node' must be specified, but not both."],
    ],
  ])("says of %s what Senlin says", async (_, profile, properties, problems) => {
    const { invoke } = start({ missing: ["none"] });
    expect(await invoke(`validate_${profile}`, { properties: properties as Json })).toEqual(problems);
  });

  it("is no more than what creation does", async () => {
    const { operate } = start({ missing: ["none"] });
    const create = (profile: string, properties: More) =>
      outcome(operate(profile, "create", 1, { properties: properties as Json }));
    expect(await create("server", { image: "none" })).toBe("image-not-found: image none could not be found");
    expect(await create("stack", { template: {} })).toBe(
      "template-not-found: web-1 has neither template nor template_url",
    );
  });
});

describe("stacks and containers", () => {
  it("keeps a stack's tags, details and template", async () => {
    const { make, invoke } = start();
    const stack = await make("stack", 2, { parameters: { size: 1, "OS::stack_id": "x" }, timeout: 5 });
    expect(await stack.details()).toMatchObject({
      stack_status: "CREATE_COMPLETE",
      description: "one",
      tags: ["cluster_node_id=n2", "cluster_id=c-1", "cluster_node_index=2"],
      timeout_mins: 5,
    });
    await stack.update({ parameters: { size: 2 } });
    await stack.act("leave");
    expect(await stack.details()).toMatchObject({
      stack_status: "UPDATE_COMPLETE",
      parameters: { size: 2 },
      tags: ["cluster_node_id=n2"],
    });
    expect(await invoke("preview_stack", { physical_id: stack.id })).toMatchObject({
      parameters: { size: 2 },
      timeout: 5,
      disable_rollback: true,
    });
    await invoke("set_status", { physical_id: stack.id, status: "CHECK_FAILED" });
    expect(await stack.get()).toMatchObject({ healthy: false, detail: "CHECK_FAILED" });
    await stack.act("abandon");
    expect(await stack.get()).toMatchObject({ exists: false });
  });

  it("pauses and restarts a container", async () => {
    const { make } = start();
    const container = await make("container");
    await container.act("pause");
    expect(await container.get()).toMatchObject({ running: false, detail: "paused" });
    await container.act("restart", { wait_time: 1 });
    expect(await container.get()).toMatchObject({ running: true });
    await container.update({ name: "renamed" });
    expect(await outcome(container.update({ image: "other" }))).toMatch(/^bad-arguments: .*image/);
  });
});

describe("what belongs to no node", () => {
  it("is a load balancer whose members are servers", async () => {
    const { make, invoke } = start();
    const server = await make("server");
    const made = (await invoke("balancer_create", {
      name: "senlin-lb-web",
      vip: { subnet: "private", address: "10.1.1.1" },
      pool: { subnet: "private", protocol_port: 8080 },
      health_monitor: { type: "HTTP" },
    })) as Record<string, string>;
    expect(made).toMatchObject({ name: "senlin-lb-web", vip_address: "10.1.1.1" });
    expect(made["healthmonitor"]).toBeDefined();
    const pool = made["pool"]!;
    const add = { pool, server: server.id, protocol_port: 8080 };
    const member = await invoke("member_add", add, "k1");
    expect(await invoke("member_add", add, "k2")).toBe(member);
    const { addresses } = (await server.details()) as { addresses: { private: { addr: string }[] } };
    expect(await invoke("members", { pool })).toEqual([
      {
        id: member,
        name: "web-1",
        server: server.id,
        address: addresses.private[0]?.addr,
        protocol_port: 8080,
      },
    ]);
    expect(await outcome(invoke("member_add", { pool, server: "none" }))).toMatch(/^server-not-found/);
    expect(await outcome(invoke("member_add", { pool: "none", server: server.id }))).toMatch(
      /^pool-not-found/,
    );
    await invoke("member_remove", { pool, member });
    expect(await invoke("members", { pool })).toEqual([]);
    expect(await invoke("balancer_find", { name: "senlin-lb-web" })).toEqual([made]);
    await invoke("balancer_delete", { id: made["id"]! });
    expect(await invoke("balancer_find", { name: made["id"]! })).toEqual([]);
  });

  it("is a server group that decides on hosts", async () => {
    const { make, invoke } = start();
    const group = (policy: string) =>
      invoke("server_group_create", { name: policy, policy }, policy) as Promise<{ id: string }>;
    const together = await group("affinity");
    const apart = await group("anti-affinity");
    expect(await invoke("server_group_find", { name: "affinity" })).toEqual([together]);
    for (let i = 1; i <= 4; i++) await make("server", i, { scheduler_hints: { group: together.id } });
    for (let i = 5; i <= 8; i++) await make("server", i, { scheduler_hints: { group: apart.id } });
    const all = (await invoke("resources")) as { host: string; server_group: string }[];
    const hostsOf = ({ id }: { id: string }) =>
      new Set(all.filter((each) => each.server_group === id).map(({ host }) => host));
    expect(hostsOf(together).size).toBe(1);
    expect(hostsOf(apart).size).toBe(4);
    await invoke("server_group_delete", { id: apart.id });
    expect(await invoke("server_group_find", { name: apart.id })).toEqual([]);
  });

  it("are regions, zones and hypervisors, as the settings say", async () => {
    const hypervisors = [
      { name: "a1", zone: "a", state: "up", status: "enabled" },
      { name: "b1", zone: "b", state: "up", status: "enabled" },
    ];
    const { make, invoke } = start({ regions: ["r1", "r2"], zones: ["a", "b"], hypervisors });
    expect(await invoke("regions")).toEqual(["r1", "r2"]);
    expect(await invoke("zones")).toEqual(["a", "b"]);
    await invoke("set_hypervisor", { name: "a1", status: "disabled" });
    expect(await invoke("hypervisors")).toEqual([{ ...hypervisors[0], status: "disabled" }, hypervisors[1]]);
    expect(await outcome(invoke("set_hypervisor", { name: "z" }))).toMatch(/^hypervisor-not-found/);
    await make("server", 1, { availability_zone: "b" });
    await make("server", 2, { availability_zone: "a" }); // nothing works there
    await make("server", 3, { availability_zone: "nova:a1" }); // pinned
    const seen = (await invoke("resources")) as { node: string; zone: string; host: string }[];
    const places = Object.fromEntries(seen.map(({ node, zone, host }) => [node, `${zone} ${host}`]));
    expect(places).toEqual({ "web-1": "b b1", "web-2": "a b1", "web-3": "nova a1" });
  });
});
