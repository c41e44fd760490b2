import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { logIn } from "../../support/keystone.ts";
import { openstack, type Said } from "./openstack.ts";
import { keepResults } from "./results.ts";

/** The 60 commands of `openstack cluster`, in an order in which each finds what it needs. */
const target = inject("clientsTarget");
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const accepted = /accepted by action:? ([0-9a-f-]{36})/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const cluster = (...args: string[]) => openstack(target, target.member, ["cluster", ...args]);

type Shown = Readonly<Record<string, unknown>>;

/** What a command that succeeds prints as JSON. */
async function shown<T = Shown>(...args: string[]): Promise<T> {
  return JSON.parse((await good(...args, "-f", "json")).stdout) as T;
}
const listed = (...args: string[]) => shown<Shown[]>(...args);

async function good(...args: string[]): Promise<Said> {
  const said = await cluster(...args);
  expect(said, `openstack cluster ${args.join(" ")}`).toMatchObject({ code: 0 });
  return said;
}

/** Runs a command whose action is announced, and waits until nothing runs in the project any more. */
async function acts(...args: string[]): Promise<string> {
  const { stdout } = await good(...args);
  expect(stdout).toMatch(accepted);
  await settled();
  return accepted.exec(stdout)?.[1] ?? "";
}

/** The message of a request that a command has refused to it; it prints the whole body, and ends with 0. */
async function fault(...args: string[]): Promise<string> {
  const { stdout } = await good(...args);
  return /^Request error: .*'message': (['"])(.*?)\1, 'type'/m.exec(stdout)?.[2] ?? stdout;
}

/** Waits until no action of the project is unfinished. */
async function settled(): Promise<void> {
  const { token } = await logIn(target.keystone, target.member);
  for (const until = Date.now() + 100_000; Date.now() < until; ) {
    const query = ["INIT", "WAITING", "READY", "RUNNING"].map((status) => `status=${status}`).join("&");
    const response = await fetch(`${target.url}/v1/actions?${query}`, { headers: { "X-Auth-Token": token } });
    if (((await response.json()) as { actions: unknown[] }).actions.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("actions don't end");
}

function file(name: string, text: string): string {
  const path = join(target.folder, name);
  writeFileSync(path, text);
  return path;
}

const profile = `type: os.nova.server
version: 1.0
properties:
  flavor: 1
  image: cirros
  networks:
    - network: private
`;
const policy = `type: senlin.policy.deletion
version: 1.1
description: old ones first
properties:
  criteria: OLDEST_FIRST
`;
const broken = `${profile}  flavour: 1\n`;

describe("openstack", () => {
  const ids = new Map<string, string>();
  beforeAll(async () => {
    const help = await cluster("--help");
    expect(help.stdout.match(/^ {2}cluster /gm)?.length).toBe(60);
  });
  // biome-ignore lint/correctness/noEmptyPattern: vitest gives the suite second, and wants a pattern first
  afterAll(({}, { tasks }) => keepResults(target.name, "commands", tasks));

  it("cluster build info", async () => {
    expect(await shown("build", "info")).toMatchObject({ api: expect.stringContaining("revision") });
  });

  it("cluster service list", async () => {
    const services = await openstack(target, target.admin, ["cluster", "service", "list", "-f", "json"]);
    expect(services.code).toBe(0);
    const [first] = JSON.parse(services.stdout) as Shown[];
    expect(first).toMatchObject({
      status: "enabled",
      state: "up",
      binary: expect.any(String),
      host: expect.any(String),
    });
    const refused = await cluster("service", "list");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("403");
  });

  it("cluster profile type list", async () => {
    const types = await listed("profile", "type", "list");
    for (const name of ["os.nova.server", "os.heat.stack", "container.dockerinc.docker"])
      expect(types).toContainEqual(expect.objectContaining({ name, version: "1.0" }));
  });

  it("cluster profile type show", async () => {
    const { stdout } = await good("profile", "type", "show", "os.nova.server-1.0");
    expect(stdout).toMatch(/flavor:\n +description:/);
    const unknown = await cluster("profile", "type", "show", "os.nova.server-9.9");
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain("Profile Type not found: os.nova.server-9.9");
  });

  it("cluster profile type ops", async () => {
    const { stdout } = await good("profile", "type", "ops", "os.nova.server-1.0");
    // each system describes its operations in words of its own
    expect(stdout).toMatch(/ {2}reboot:\n +description: \w.*\n +parameters:\n +type:/);
  });

  it("cluster profile validate", async () => {
    expect(await shown("profile", "validate", "--spec-file", file("web.yaml", profile))).toMatchObject({
      name: "validated_profile",
      type: "os.nova.server-1.0",
    });
    const refused = await cluster("profile", "validate", "--spec-file", file("broken.yaml", broken));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("Unrecognizable spec item 'flavour'");
  });

  it("cluster profile create", async () => {
    const spec = ["--spec-file", file("web.yaml", profile)];
    const made = await shown("profile", "create", ...spec, "--metadata", "team=shop;env=prod", "web");
    expect(made).toMatchObject({
      id: expect.stringMatching(uuid),
      name: "web",
      type: "os.nova.server-1.0",
      created_at: expect.stringMatching(instant),
    });
    await good("profile", "create", ...spec, "spare");
  });

  it("cluster profile list", async () => {
    const profiles = await listed("profile", "list", "--sort", "name", "--full-id");
    expect(profiles.map(({ name }) => name)).toEqual(["spare", "web"]);
    expect(profiles[1]).toMatchObject({ id: expect.stringMatching(uuid), type: "os.nova.server-1.0" });
    expect(await listed("profile", "list", "--filters", "name=web", "--limit", "1")).toHaveLength(1);
  });

  it("cluster profile show", async () => {
    expect(await shown("profile", "show", "web")).toMatchObject({
      name: "web",
      metadata: expect.stringContaining("shop"),
    });
  });

  it("cluster profile update", async () => {
    expect(await shown("profile", "update", "--name", "spare2", "--metadata", "a=b", "spare")).toMatchObject({
      name: "spare2",
      updated_at: expect.stringMatching(instant),
    });
  });

  it("cluster create", async () => {
    const made = await shown(
      ...["create", "--profile", "web", "--min-size", "1", "--max-size", "5", "--desired-capacity", "2"],
      ...[
        "--timeout",
        "120",
        "--metadata",
        "team=shop",
        "--config",
        "node.name.format=web-$I",
        "--wait",
        "shop",
      ],
    );
    ids.set("shop", String(made["id"]));
    expect(made).toMatchObject({
      id: expect.stringMatching(uuid),
      name: "shop",
      status: "ACTIVE",
      desired_capacity: 2,
      min_size: 1,
      max_size: 5,
      timeout: 120,
      profile_name: "web",
    });
    expect(String(made["node_ids"]).split("\n")).toHaveLength(2);
  });

  it("cluster list", async () => {
    expect(await listed("list")).toEqual([
      {
        id: ids.get("shop")?.slice(0, 8),
        name: "shop",
        status: "ACTIVE",
        created_at: expect.stringMatching(instant),
        updated_at: expect.stringMatching(instant),
      },
    ]);
    expect(await listed("list", "--filters", "status=ERROR")).toEqual([]);
  });

  it("cluster show", async () => {
    expect(await shown("show", "shop")).toMatchObject({
      id: ids.get("shop"),
      status_reason: "CLUSTER_CREATE: number of active nodes is equal or above desired_capacity (2).",
    });
    const unknown = await cluster("show", "nowhere");
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain("Cluster not found: nowhere");
  });

  it("cluster update", async () => {
    const updated = await shown(
      "update",
      "--name",
      "store",
      "--timeout",
      "300",
      "--metadata",
      "a=1;b=2",
      "--wait",
      "shop",
    );
    expect(updated).toMatchObject({ name: "store", timeout: 300 });
  });

  it("cluster resize", async () => {
    const { stdout } = await good("resize", "--capacity", "3", "--max-size", "8", "--wait", "store");
    expect(stdout).toMatch(accepted);
    expect(await shown("show", "store")).toMatchObject({
      desired_capacity: 3,
      max_size: 8,
      status: "ACTIVE",
    });
    const refused = await cluster("resize", "--capacity", "3", "--percentage", "10", "store");
    expect(refused.code).toBe(1);
  });

  it("cluster expand", async () => {
    await acts("expand", "--count", "2", "store");
    expect(await shown("show", "store")).toMatchObject({ desired_capacity: 5 });
    expect(await fault("expand", "--count", "0", "store")).toBe("Count for scale-out request cannot be 0.");
  });

  it("cluster shrink", async () => {
    await acts("shrink", "--count", "3", "store");
    expect(await shown("show", "store")).toMatchObject({ desired_capacity: 2 });
  });

  it("cluster check", async () => {
    await acts("check", "store");
  });

  it("cluster recover", async () => {
    await acts("recover", "--check", "true", "store");
    expect(await shown("show", "store")).toMatchObject({ status: "ACTIVE" });
  });

  it("cluster collect", async () => {
    const names = await listed("collect", "--path", "name", "store");
    expect(names).toHaveLength(2);
    expect(names[0]).toEqual({ node_id: expect.any(String), attr_value: expect.stringMatching(/^web-\d+$/) });
  });

  it("cluster op", async () => {
    await acts("op", "--operation", "reboot", "store");
    expect(await fault("op", "--operation", "dance", "store")).toContain(
      "operation 'dance' is not supported",
    );
  });

  it("cluster run", async () => {
    const script = file("script.sh", "true\n");
    const refused = await cluster("run", "--script", script, "nowhere");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("The cluster 'nowhere' could not be found.");
  });

  it("cluster node create", async () => {
    const made = await shown(
      "node",
      "create",
      "--profile",
      "web",
      "--role",
      "spare",
      "--metadata",
      "k=v",
      "extra",
    );
    expect(made).toMatchObject({
      name: "extra",
      index: -1,
      cluster_id: "",
      role: "spare",
      profile_name: "web",
    });
    await good("node", "create", "--profile", "web", "second");
    await settled();
  });

  it("cluster node list", async () => {
    const nodes = await listed("node", "list", "--sort", "name");
    expect(nodes.map(({ name }) => name).slice(0, 2)).toEqual(["extra", "second"]);
    expect(nodes).toHaveLength(4);
    expect(nodes[0]).toMatchObject({ status: "ACTIVE", index: -1, profile_name: "web", tainted: false });
    expect(await listed("node", "list", "--cluster", "store")).toHaveLength(2);
  });

  it("cluster node show", async () => {
    expect(await shown("node", "show", "extra")).toMatchObject({ name: "extra", status: "ACTIVE" });
    expect(String((await shown("node", "show", "--details", "extra"))["details"])).toContain("image");
  });

  it("cluster node update", async () => {
    const update = ["node", "update", "--name", "extra2", "--role", "first", "--tainted", "true"];
    expect(await shown(...update, "extra")).toMatchObject({ id: expect.stringMatching(uuid) });
    await settled();
    expect(await shown("node", "show", "extra2")).toMatchObject({ role: "first" });
  });

  it("cluster node check", async () => {
    await acts("node", "check", "extra2");
  });

  it("cluster node recover", async () => {
    await acts("node", "recover", "--check", "true", "extra2");
    expect(await shown("node", "show", "extra2")).toMatchObject({ status: "ACTIVE" });
  });

  it("cluster node op", async () => {
    // this client itself stumbles over the answer after it has printed it, and ends with 1
    const { stdout } = await cluster(
      "node",
      "op",
      "--operation",
      "reboot",
      "--params",
      "type=SOFT",
      "extra2",
    );
    expect(stdout).toMatch(accepted);
    await settled();
    expect(await shown("node", "show", "extra2")).toMatchObject({ status: "ACTIVE" });
  });

  it("cluster node adopt", async () => {
    const refused = await cluster("node", "adopt", "--identity", "x", "--type", "no.such.type-1.0");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("The profile_type 'no.such.type-1.0' could not be found.");
  });

  it("cluster members list", async () => {
    const members = await listed("members", "list", "--sort", "index", "store");
    expect(members).toHaveLength(2);
    expect(members[0]).toMatchObject({
      status: "ACTIVE",
      index: expect.any(Number),
      name: expect.stringMatching(/^web-/),
    });
  });

  it("cluster members add", async () => {
    await acts("members", "add", "--nodes", "extra2", "store");
    expect(await listed("members", "list", "store")).toHaveLength(3);
    expect(await fault("members", "add", "--nodes", "extra2", "store")).toContain(
      "already owned by some cluster",
    );
  });

  it("cluster members replace", async () => {
    await acts("members", "replace", "--nodes", "extra2=second", "store");
    const members = await listed("members", "list", "store");
    expect(members.map(({ name }) => name)).toContain("second");
    expect(members).toHaveLength(3);
  });

  it("cluster members del", async () => {
    await acts("members", "del", "--nodes", "second", "store");
    expect(await listed("members", "list", "store")).toHaveLength(2);
    expect(await shown("node", "show", "second")).toMatchObject({ cluster_id: "" });
  });

  it("cluster node delete", async () => {
    await acts("node", "delete", "--force", "extra2", "second");
    expect(await listed("node", "list")).toHaveLength(2);
  });

  it("cluster policy type list", async () => {
    const types = await listed("policy", "type", "list");
    for (const [name, version] of [
      ["senlin.policy.deletion", "1.1"],
      ["senlin.policy.health", "1.2"],
    ])
      expect(types).toContainEqual(expect.objectContaining({ name, version }));
  });

  it("cluster policy type show", async () => {
    const { stdout } = await good("policy", "type", "show", "senlin.policy.deletion-1.1");
    expect(stdout).toContain("OLDEST_FIRST");
  });

  it("cluster policy validate", async () => {
    expect(await shown("policy", "validate", "--spec-file", file("oldest.yaml", policy))).toMatchObject({
      name: "validated_policy",
      type: "senlin.policy.deletion-1.1",
    });
  });

  it("cluster policy create", async () => {
    expect(
      await shown("policy", "create", "--spec-file", file("oldest.yaml", policy), "oldest"),
    ).toMatchObject({
      id: expect.stringMatching(uuid),
      name: "oldest",
      type: "senlin.policy.deletion-1.1",
    });
  });

  it("cluster policy list", async () => {
    expect(await listed("policy", "list")).toEqual([
      expect.objectContaining({ name: "oldest", type: "senlin.policy.deletion-1.1" }),
    ]);
  });

  it("cluster policy show", async () => {
    expect(await shown("policy", "show", "oldest")).toMatchObject({
      name: "oldest",
      data: expect.anything(),
    });
  });

  it("cluster policy update", async () => {
    expect(await shown("policy", "update", "--name", "eldest", "oldest")).toMatchObject({ name: "eldest" });
  });

  it("cluster policy attach", async () => {
    await acts("policy", "attach", "--policy", "eldest", "store");
  });

  it("cluster policy binding list", async () => {
    expect(await listed("policy", "binding", "list", "store")).toEqual([
      {
        policy_id: expect.any(String),
        policy_name: "eldest",
        policy_type: "senlin.policy.deletion-1.1",
        is_enabled: true,
      },
    ]);
  });

  it("cluster policy binding show", async () => {
    expect(await shown("policy", "binding", "show", "--policy", "eldest", "store")).toMatchObject({
      cluster_name: "store",
      is_enabled: true,
    });
  });

  it("cluster policy binding update", async () => {
    await acts("policy", "binding", "update", "--policy", "eldest", "--enabled", "false", "store");
    expect(await shown("policy", "binding", "show", "--policy", "eldest", "store")).toMatchObject({
      is_enabled: false,
    });
  });

  it("cluster policy detach", async () => {
    await acts("policy", "detach", "--policy", "eldest", "store");
    expect(await listed("policy", "binding", "list", "store")).toEqual([]);
  });

  it("cluster policy delete", async () => {
    expect((await good("policy", "delete", "--force", "eldest")).stdout).toContain(
      "Policy deleted: ['eldest']",
    );
    const refused = await cluster("policy", "delete", "--force", "eldest");
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toContain("The policy 'eldest' could not be found.");
  });

  it("cluster receiver create", async () => {
    const hook = [
      "receiver",
      "create",
      "--type",
      "webhook",
      "--cluster",
      "store",
      "--action",
      "CLUSTER_SCALE_OUT",
    ];
    expect(await shown(...hook, "--params", "count=1", "hook")).toMatchObject({
      name: "hook",
      type: "webhook",
      action: "CLUSTER_SCALE_OUT",
      cluster_id: ids.get("shop"),
      channel: expect.stringMatching(/alarm_url.*\/v1\/webhooks\/[0-9a-f-]{36}\/trigger\?V=2&count=1/),
    });
  });

  it("cluster receiver list", async () => {
    expect(await listed("receiver", "list")).toEqual([
      expect.objectContaining({ name: "hook", type: "webhook", action: "CLUSTER_SCALE_OUT" }),
    ]);
  });

  it("cluster receiver show", async () => {
    expect(await shown("receiver", "show", "hook")).toMatchObject({ name: "hook" });
  });

  it("cluster receiver update", async () => {
    expect(
      await shown("receiver", "update", "--name", "hook2", "--action", "CLUSTER_SCALE_IN", "hook"),
    ).toMatchObject({
      name: "hook2",
      action: "CLUSTER_SCALE_IN",
    });
  });

  it("cluster receiver delete", async () => {
    expect((await good("receiver", "delete", "--force", "hook2")).stdout).toContain(
      "Receiver deleted: ['hook2']",
    );
  });

  it("cluster action list", async () => {
    const actions = await listed("action", "list", "--filters", "action=CLUSTER_CREATE", "--full-id");
    expect(actions).toEqual([
      expect.objectContaining({ action: "CLUSTER_CREATE", status: "SUCCEEDED", target_id: ids.get("shop") }),
    ]);
    ids.set("action", String(actions[0]?.["id"]));
  });

  it("cluster action show", async () => {
    expect(await shown("action", "show", ids.get("action") ?? "")).toMatchObject({
      action: "CLUSTER_CREATE",
      cause: "RPC Request",
      status_reason: "Action completed successfully.",
    });
  });

  it("cluster action update", async () => {
    const refused = await cluster("action", "update", "--status", "CANCELLED", ids.get("action") ?? "");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("is in status (SUCCEEDED) while expected status must be one of");
  });

  it("cluster event list", async () => {
    const events = await listed(
      "event",
      "list",
      "--filters",
      "oname=store",
      "--filters",
      "level=INFO",
      "--full-id",
    );
    expect(events).toContainEqual(
      expect.objectContaining({
        obj_type: "CLUSTER",
        action: "CLUSTER_RESIZE",
        status: "end",
        level: "INFO",
      }),
    );
    ids.set("event", String(events[0]?.["id"]));
  });

  it("cluster event show", async () => {
    expect(await shown("event", "show", ids.get("event") ?? "")).toMatchObject({
      obj_name: "store",
      level: "INFO",
    });
  });

  it("cluster delete", async () => {
    await acts("delete", "--force", "store");
    expect(await listed("list")).toEqual([]);
    expect((await good("delete", "--force", "nowhere")).stdout).toContain(
      "The cluster 'nowhere' could not be found.",
    );
  });

  it("cluster profile delete", async () => {
    expect((await good("profile", "delete", "--force", "web", "spare2")).stdout).toContain("Profile deleted");
    expect(await listed("profile", "list")).toEqual([]);
  });
});
