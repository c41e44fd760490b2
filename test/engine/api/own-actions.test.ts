import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyOnCloud, type SenlinApi, startSenlinApi } from "../../support/senlin-api.ts";

let api: SenlinApi;
beforeAll(async () => {
  api = await startSenlinApi({ worker: true });
  await makeProfile("server", "os.nova.server", serverProperties);
  await makeProfile("stack", "os.heat.stack", { template: { resources: {} } });
  await startProgram();
});
afterAll(() => api.stop());

const serverProperties = { flavor: "1", image: "cirros", networks: [{ network: "private" }] };

async function makeProfile(name: string, type: string, properties: object): Promise<void> {
  const spec = { type, version: "1.0", properties };
  const made = await api.ask({ method: "POST", path: "/v1/profiles", body: { profile: { name, spec } } });
  expect(made.json).toMatchObject({ profile: { name } });
}

/** A cluster `shop` of three nodes that a program declares. */
async function startProgram(): Promise<void> {
  const declarations = `
profile web = cloud.server {
  flavor: "1"
  image: "cirros"
  networks: [{ network: "private" }]
}
cluster shop {
  profile: web
  size: 3 in 1..6
}
cluster drained {
  profile: web
  size: 3 in 0..6
  actions: { scale_in: drain }
}
/// Tells of it first.
action drain(
  of: Cluster,
  count: Int?,
  destroy_after_deletion: Bool = true,
  grace_period: Int = 0,
  hooks: Any = none,
) -> Map<List<String>> {
  emit "draining" { count: count ?? 1 }
  let gone = of.scale_in(count, destroy_after_deletion, grace_period, hooks)
  return gone
}
action wrong(of: Cluster, count: Int) {
  emit "wrong" { count: count, of: of.name }
}
`;
  const { actions } = await applyOnCloud(api, declarations);
  for (const { id } of actions) expect((await ended(id)).status).toBe("SUCCEEDED");
}

const post = (path: string, body: object, version = "1.15") =>
  api.ask({ method: "POST", path, body, version });
const get = async (path: string) => (await api.ask({ path, version: "1.15" })).json;

async function ended(id: string) {
  for (;;) {
    const { action } = await get(`/v1/actions/${id}`);
    if (["SUCCEEDED", "FAILED", "CANCELLED"].includes(action.status)) return action;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks for an action and waits for its end. */
async function act(path: string, body: object) {
  const answer = await post(`${path}/actions`, body);
  expect(answer.json).toHaveProperty("action");
  return ended(answer.json.action);
}

async function makeCluster(name: string, size: number, profile = "server"): Promise<void> {
  const cluster = {
    name,
    profile_id: profile,
    desired_capacity: size,
    config: { "node.name.format": `${name}-$I` },
  };
  const made = await post("/v1/clusters", { cluster });
  expect((await ended(made.headers.get("location")?.split("/").at(-1) ?? "")).status).toBe("SUCCEEDED");
}

const clusterOf = async (name: string) => (await get(`/v1/clusters/${name}`)).cluster;
const nodeOf = async (name: string) => (await get(`/v1/nodes/${name}`)).node;
const nodesOf = async (name: string) => (await get(`/v1/nodes?cluster_id=${name}&sort=index`)).nodes;
const statuses = async (name: string) => (await nodesOf(name)).map((node: { status: string }) => node.status);

describe("scaling vertically", () => {
  it("changes what is vertical and nothing else, also of nodes to come, of a request as of a program", async () => {
    await makeCluster("tall", 3);
    for (const name of ["tall", "shop"]) {
      const path = `/v1/clusters/${name}`;
      const { profile_id: before } = await clusterOf(name);
      const grown = await act(path, { scale_vertically: { properties: { flavor: "2" }, batch_size: 2 } });
      expect([grown.action, grown.status, grown.inputs.properties]).toEqual([
        "CLUSTER_SCALE_VERTICALLY",
        "SUCCEEDED",
        { flavor: "2" },
      ]);
      expect((await nodesOf(name)).map((node: { changes: object }) => node.changes)).toEqual(
        [1, 2, 3].map(() => ({ flavor: "2" })),
      );
      const cluster = await clusterOf(name);
      expect(cluster).toMatchObject({ status: "ACTIVE", desired_capacity: 3 });
      expect(cluster.profile_id).not.toBe(before);
      expect((await act(path, { scale_out: { count: 1 } })).status).toBe("SUCCEEDED");
      const last = (await nodesOf(name)).at(-1);
      expect((await get(`/v1/nodes/${last.id}?show_details=true`)).node.details.flavor).toBe("2");
      expect((await act(path, { scale_in: { count: 1 } })).status).toBe("SUCCEEDED");
    }
    const profiles = (await get("/v1/profiles")).profiles.filter(({ name }: { name: string }) =>
      name.startsWith("server"),
    );
    expect(profiles).toHaveLength(2); // each with a name of its own
    expect(profiles[1]).toMatchObject({
      type: "os.nova.server-1.0",
      spec: { properties: { ...serverProperties, flavor: "2" } },
    });
  });

  it("gives one node more, and the others stay", async () => {
    await makeCluster("wide", 2);
    const path = "/v1/nodes/wide-2";
    expect((await act(path, { scale_vertically: { properties: { flavor: "3" } } })).status).toBe("SUCCEEDED");
    expect((await nodesOf("wide")).map((node: { changes: object }) => node.changes)).toEqual([
      {},
      { flavor: "3" },
    ]);
  });

  it("puts all back where one can't follow", async () => {
    await makeCluster("bound", 3);
    const { profile_id: before } = await clusterOf("bound");
    expect((await act("/v1/nodes/bound-3", { suspend: {} })).status).toBe("SUCCEEDED");
    // the cloud refuses to resize what sleeps; ours believes that it is awake
    await api.db.pool.query("update node set status = 'ACTIVE', healthy = true where name = 'bound-3'");
    const failed = await act("/v1/clusters/bound", { scale_vertically: { properties: { flavor: "2" } } });
    expect([failed.status, failed.status_reason]).toEqual(["FAILED", expect.stringContaining("bound-3")]);
    const nodes = await nodesOf("bound");
    expect(nodes.slice(0, 2).map((node: { changes: object }) => node.changes)).toEqual([{}, {}]);
    expect((await get("/v1/nodes/bound-1?show_details=true")).node.details.flavor).toBe("1");
    expect((await clusterOf("bound")).profile_id).toBe(before);
  });

  it("is refused before anything starts: by a driver that can't, of what isn't vertical, of what is no value", async () => {
    await makeCluster("flat", 1, "stack");
    const ask = (path: string, properties: object) =>
      post(`${path}/actions`, { scale_vertically: { properties } });
    const unable = await ask("/v1/clusters/flat", { template: {} });
    expect([unable.status, unable.json.error.message]).toEqual([
      409,
      expect.stringContaining(
        'the driver of profile type "openstack_test.stack" can\'t scale a node vertically',
      ),
    ]);
    const other = await ask("/v1/clusters/shop", { image: "other" });
    expect([other.status, other.json.error.message]).toEqual([
      400,
      expect.stringContaining("image is unknown; there is flavor"),
    ]);
    for (const wrong of [{}, { flavor: null }, { flavor: ["2"] }])
      expect((await ask("/v1/clusters/shop", wrong)).status).toBe(400);
    expect((await post("/v1/clusters/shop/actions", { scale_vertically: {} })).status).toBe(400);
  });
});

describe("protection and maintenance", () => {
  it("keeps a node from being scaled in, of a request as of a program", async () => {
    await makeCluster("kept", 3);
    for (const name of ["kept", "shop"]) {
      const nodes = await nodesOf(name);
      for (const { id } of nodes.slice(0, 2))
        expect((await act(`/v1/nodes/${id}`, { protect: {} })).action).toBe("NODE_PROTECT");
      const path = `/v1/clusters/${name}`;
      const failed = await act(path, { scale_in: { count: 2 } });
      expect([failed.status, failed.status_reason]).toEqual([
        "FAILED",
        `2 nodes of ${name} are to go, but only 1 can: the others are protected or in maintenance`,
      ]);
      expect((await act(path, { scale_in: { count: 1 } })).status).toBe("SUCCEEDED");
      const left = await nodesOf(name);
      expect(left).toMatchObject(
        nodes.slice(0, 2).map(({ id }: { id: string }) => ({ id, protected: true })),
      );
      await act(`/v1/nodes/${nodes[0].id}`, { protect: { enabled: false } });
      expect((await nodeOf(nodes[0].id)).protected).toBe(false);
      expect((await api.ask({ path: `/v1/nodes/${nodes[0].id}` })).json.node).not.toHaveProperty("protected");
      expect((await act(path, { scale_out: { count: 1 } })).status).toBe("SUCCEEDED");
    }
  });

  it("leaves a cluster in maintenance its size, until a time or until that is ended", async () => {
    await makeCluster("nursed", 1);
    const path = "/v1/clusters/nursed";
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await act(path, { maintain: { until } })).action).toBe("CLUSTER_MAINTAIN");
    expect(await clusterOf("nursed")).toMatchObject({
      status: "ACTIVE",
      maintenance: { until: `${until.slice(0, 19)}Z` },
    });
    for (const [body, version] of [
      [{ scale_out: {} }, "1.14"],
      [{ resize: { adjustment_type: "CHANGE_IN_CAPACITY", number: 1 } }, "1.15"],
    ] as const) {
      const refused = await post(`${path}/actions`, body, version);
      expect([refused.status, refused.json.error.message]).toEqual([
        409,
        expect.stringContaining(`cluster 'nursed' is in maintenance, and isn't scaled until ${until}`),
      ]);
    }
    expect((await act(path, { maintain: { enabled: false } })).status).toBe("SUCCEEDED");
    expect((await clusterOf("nursed")).maintenance).toBeNull();
    expect((await act(path, { maintain: {} })).status).toBe("SUCCEEDED");
    expect((await clusterOf("nursed")).maintenance).toEqual({ until: null });
    await api.db.pool.query(`update cluster set maintenance = '{"until": 1}' where name = 'nursed'`);
    expect((await clusterOf("nursed")).maintenance).toBeNull();
    expect((await act(path, { scale_out: {} })).status).toBe("SUCCEEDED");
    for (const wrong of ["yesterday", "2020-01-01T00:00:00Z"])
      expect((await post(`${path}/actions`, { maintain: { until: wrong } })).status).toBe(400);
  });
});

describe("a pace", () => {
  it("is a policy type of ours, and bounds what is done with a cluster of a request", async () => {
    const policy = (properties: object) => ({
      policy: { name: "slow", spec: { type: "coppice.policy.pace", version: "1.0", properties } },
    });
    for (const wrong of [{ batch_size: 0 }, { window: 10_001 }, { rows: 5 }])
      expect((await post("/v1/policies", policy(wrong))).status).toBe(400);
    expect((await post("/v1/policies", policy({ batch_size: 2, window: 1, database_batch: 1 }))).status).toBe(
      201,
    );
    await makeCluster("slow", 1);
    const path = "/v1/clusters/slow";
    expect((await act(path, { policy_attach: { policy_id: "slow" } })).status).toBe("SUCCEEDED");
    const grown = await act(path, { scale_out: { count: 3 } });
    expect([grown.status, grown.decisions.map(({ reason }: { reason: string }) => reason)]).toEqual([
      "SUCCEEDED",
      ["at most 2 at once, 0 s between, 1 under way at once, 1 in a statement"],
    ]);
    expect(await statuses("slow")).toEqual(["ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE"]);
  });
});

describe("a disruption budget", () => {
  it("is a policy type of ours, and holds for a cluster of a request", async () => {
    const type = "coppice.policy.disruption_budget-1.0";
    expect((await api.ask({ path: `/v1/policy-types/${type}` })).status).toBe(404);
    expect((await get(`/v1/policy-types/${type}`)).policy_type).toMatchObject({ name: type });
    const names = (await get("/v1/policy-types")).policy_types.map(({ name }: { name: string }) => name);
    expect(names).toContain("coppice.policy.disruption_budget");
    const spec = (properties: object) => ({
      policy: {
        name: "budget",
        spec: { type: "coppice.policy.disruption_budget", version: "1.0", properties },
      },
    });
    expect((await post("/v1/policies", spec({ at_least: 1 }))).status).toBe(400);
    for (const [value, shown] of [
      ["80 %", "80 %"],
      ["120%", "120%"],
      [-1, "-1"],
      [1.5, "1.5"],
      ["a few", "a few"],
    ]) {
      const refused = await post("/v1/policies", spec({ max_unavailable: value }));
      expect([refused.status, refused.json.error.message]).toEqual([
        400,
        `'${shown}' of 'max_unavailable' is neither a number of nodes from 0 to 100000, like 3, nor a percentage from 0% to 100%, like 80%`,
      ]);
    }
    expect((await post("/v1/policies", spec({ min_available: 2 }))).status).toBe(201);
    await makeCluster("spare", 3);
    const path = "/v1/clusters/spare";
    expect((await act(path, { policy_attach: { policy_id: "budget" } })).status).toBe("SUCCEEDED");
    const denied = await act(path, { suspend: {} });
    expect([denied.status, denied.status_reason]).toEqual([
      "FAILED",
      expect.stringContaining("takes down 3 of 3 nodes that are well, and 1 can be spared"),
    ]);
    expect((await act("/v1/nodes/spare-1", { suspend: {} })).status).toBe("SUCCEEDED");
    expect((await act("/v1/nodes/spare-2", { suspend: {} })).status_reason).toContain("0 can be spared");
    const deleting = await api.ask({ method: "DELETE", path });
    expect((await ended(deleting.headers.get("location")?.split("/").at(-1) ?? "")).status).toBe("FAILED");
    expect(await statuses("spare")).toEqual(["SUSPENDED", "ACTIVE", "ACTIVE"]);
  });

  it("takes percentages of a spec, as Kubernetes does: 60% of 4 that stay well are 3", async () => {
    const properties = { min_available: "60%", max_unavailable: 3 };
    const spec = { type: "coppice.policy.disruption_budget", version: "1.0", properties };
    const made = await post("/v1/policies", { policy: { name: "percents", spec } });
    expect([made.status, made.json.policy.spec.properties]).toEqual([201, properties]);
    await makeCluster("percents", 4);
    const path = "/v1/clusters/percents";
    await act(path, { policy_attach: { policy_id: "percents" } });
    expect((await act(path, { suspend: {} })).status_reason).toContain("and 1 can be spared");
    expect((await act("/v1/nodes/percents-1", { suspend: {} })).status).toBe("SUCCEEDED");
    expect((await act("/v1/nodes/percents-2", { suspend: {} })).status_reason).toContain("0 can be spared");
  });

  it("is shown with the brake of a health policy", async () => {
    expect((await clusterOf("shop")).health).toBeNull();
    const spec = {
      type: "senlin.policy.health",
      version: "1.2",
      properties: {
        detection: { interval: 60, detection_modes: [{ type: "NODE_STATUS_POLLING" }] },
        recovery: { actions: [{ name: "REBUILD" }] },
      },
    };
    expect((await post("/v1/policies", { policy: { name: "watch", spec } })).status).toBe(201);
    await makeCluster("watched", 1);
    await act("/v1/clusters/watched", { policy_attach: { policy_id: "watch" } });
    for (;;) {
      const { health } = await clusterOf("watched");
      if (health !== null && health.looked_at !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const fault = "3 of 4 nodes are ill at once: none is recovered by itself";
    await api.db.pool.query("update health_check set fault = $1", [fault]);
    expect((await clusterOf("watched")).health).toMatchObject({ fault });
    expect((await api.ask({ path: "/v1/clusters/watched" })).json.cluster).not.toHaveProperty("health");
  });
});

describe("a second set of nodes", () => {
  it("takes the place of the first, of a request as of a program, and goes where it can't", async () => {
    await makeProfile("second", "os.nova.server", { ...serverProperties, image: "ubuntu" });
    const slow = { metadata: { simulated_wait_time: 60 } };
    await makeProfile("never", "os.nova.server", { ...serverProperties, ...slow });
    await makeCluster("blue", 2);
    for (const name of ["shop", "blue"]) {
      const path = `/v1/clusters/${name}`;
      const before = await clusterOf(name);
      const profile = name === "shop" ? before.profile_id : "second";
      const done = await act(path, { blue_green: { profile_id: profile, soak: 1 } });
      expect([done.action, done.status, done.status_reason]).toEqual([
        "CLUSTER_BLUE_GREEN",
        "SUCCEEDED",
        expect.any(String),
      ]);
      const after = await clusterOf(name);
      expect(after).toMatchObject({ status: "ACTIVE", desired_capacity: before.desired_capacity });
      expect(after.nodes).toHaveLength(before.nodes.length);
      expect(after.nodes.filter((id: string) => before.nodes.includes(id))).toEqual([]);
      expect((await nodesOf(name)).every((node: { standby: boolean }) => !node.standby)).toBe(true);
      if (name === "shop") continue;
      const asked = await post(`${path}/actions`, { blue_green: { profile_id: "never" } });
      for (;;) {
        const { action } = await get(`/v1/actions/${asked.json.action}`);
        if (action.status === "RUNNING" && (await nodesOf(name)).length > after.nodes.length) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect((await clusterOf(name)).nodes).toEqual(after.nodes); // those that stand by count for nothing
      const cancel = { action: { status: "CANCELLED" } };
      await api.ask({ method: "PATCH", path: `/v1/actions/${asked.json.action}`, body: cancel });
      expect((await ended(asked.json.action)).status).toBe("CANCELLED");
      expect(await clusterOf(name)).toMatchObject({ nodes: after.nodes, profile_id: after.profile_id });
      expect(await nodesOf(name)).toHaveLength(after.nodes.length);
    }
    const other = await post("/v1/clusters/blue/actions", { blue_green: { profile_id: "stack" } });
    expect(other.status).toBe(400);
  });
});

describe("upkeep by policies", () => {
  const attach = async (cluster: string, type: string, properties: object) => {
    const spec = { type: `coppice.policy.${type}`, version: "1.0", properties };
    const made = await post("/v1/policies", { policy: { name: `${cluster}-${type}`, spec } });
    expect(made.status).toBe(201);
    const path = `/v1/clusters/${cluster}`;
    expect((await act(path, { policy_attach: { policy_id: made.json.policy.id } })).status).toBe("SUCCEEDED");
  };
  const sleeping = async (cluster: string) =>
    (await get(`/v1/nodes?cluster_id=${cluster}&standby=true&status=SUSPENDED`)).nodes;
  const until = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 200));
  };

  it("fills a standby pool, which a scaling takes first, and fills it up again", async () => {
    await makeCluster("pooled", 1);
    await attach("pooled", "standby_pool", { size: 2 });
    await until(async () => (await sleeping("pooled")).length === 2);
    const warm = (await sleeping("pooled")).map(({ id }: { id: string }) => id);
    await until(async () => (await clusterOf("pooled")).status === "ACTIVE"); // those stand by a moment before
    expect(await clusterOf("pooled")).toMatchObject({ desired_capacity: 1 });
    expect((await clusterOf("pooled")).nodes).toHaveLength(1);
    await until(async () => {
      const answer = await post("/v1/clusters/pooled/actions", { scale_out: { count: 2 } });
      return answer.status === 202 && (await ended(answer.json.action)).status === "SUCCEEDED";
    });
    expect((await clusterOf("pooled")).nodes).toEqual(expect.arrayContaining(warm));
    await until(async () => (await sleeping("pooled")).length === 2);
    const filled = (await get("/v1/actions?action=CLUSTER_FILL_STANDBY")).actions;
    expect(filled.map(({ cause }: { cause: string }) => cause)).toEqual(["Policy", "Policy"]);
  });

  it("stops those that stand by where the policy says so, and starts them when they are taken", async () => {
    await makeCluster("cold", 1);
    await attach("cold", "standby_pool", { size: 1, state: "stopped" });
    const stopped = async () => (await get("/v1/nodes?cluster_id=cold&standby=true&status=STOPPED")).nodes;
    await until(async () => (await stopped()).length === 1);
    const [{ id }] = await stopped();
    expect((await get(`/v1/nodes/${id}?show_details=true`)).node.details.status).toBe("SHUTOFF");
    await until(async () => {
      const answer = await post("/v1/clusters/cold/actions", { scale_out: { count: 1 } });
      return answer.status === 202 && (await ended(answer.json.action)).status === "SUCCEEDED";
    });
    const { node } = await get(`/v1/nodes/${id}?show_details=true`);
    expect(node).toMatchObject({ standby: false, status: "ACTIVE", details: { status: "ACTIVE" } });
    await until(async () => (await stopped()).length === 1);
  });

  it("is refused by drivers that can't, before anything starts, and of what is no state", async () => {
    await makeCluster("warmless", 1, "stack");
    for (const [state, can] of [
      ["stopped", "stop"],
      ["suspended", "suspend"],
    ] as const) {
      const spec = { type: "coppice.policy.standby_pool", version: "1.0", properties: { size: 1, state } };
      await post("/v1/policies", { policy: { name: `pool-${state}`, spec } });
      for (const body of [
        { policy_attach: { policy_id: `pool-${state}` } },
        { fill_standby: { size: 1, state } },
      ]) {
        const refused = await post("/v1/clusters/warmless/actions", body);
        expect([refused.status, refused.json.error.message]).toEqual([
          409,
          expect.stringContaining(`the driver of profile type "openstack_test.stack" can't ${can}`),
        ]);
      }
    }
    const program = `
profile plain = cloud.stack {
  template: {}
}
cluster plain {
  profile: plain
  size: 0 in 0..1
  policies: [standby_pool(size: 1, state: "stopped")]
}
`;
    const plain = { path: "plain.coppice" };
    await expect(applyOnCloud(api, program, plain)).rejects.toMatchObject({
      code: "driver-unable",
    });
    const off = program.replace('"stopped"', '"off"');
    await expect(applyOnCloud(api, off, plain)).rejects.toMatchObject({
      code: "bad-standby-state",
    });
    const wrong = {
      type: "coppice.policy.standby_pool",
      version: "1.0",
      properties: { size: 1, state: "off" },
    };
    expect((await post("/v1/policies", { policy: { name: "off", spec: wrong } })).status).toBe(400);
    const asked = await post("/v1/clusters/cold/actions", { fill_standby: { size: 1, state: "off" } });
    expect(asked.status).toBe(400);
  });

  it("replaces nodes that are too old", async () => {
    await makeCluster("aged", 2);
    const { nodes: before } = await clusterOf("aged");
    await attach("aged", "max_lifetime", { lifetime: 3600, batch_size: 2 });
    await api.db.pool.query("update node set created_at = now() - interval '2 hours' where name = 'aged-1'");
    await until(async () => {
      const { nodes, status } = await clusterOf("aged");
      return status === "ACTIVE" && nodes.length === 2 && !nodes.includes(before[0]);
    });
    expect((await clusterOf("aged")).nodes).toContain(before[1]);
    expect((await nodesOf("aged")).map(({ name }: { name: string }) => name)).toEqual(["aged-2", "aged-3"]);
  });
});

describe("an action of the program that stands in for a built-in one", () => {
  const path = "/v1/clusters/drained";
  const drainings = async () =>
    (await get("/v1/events?limit=1000&sort=timestamp:desc")).events.filter(
      ({ name }: { name: string }) => name === "draining",
    ).length;

  it("is shown, run whoever asks, and taken away", async () => {
    expect((await clusterOf("drained")).overrides).toEqual({ CLUSTER_SCALE_IN: "drain" });
    expect((await clusterOf("shop")).overrides).toEqual({});
    expect((await api.ask({ path })).json.cluster).not.toHaveProperty("overrides");
    const asked = await post(`${path}/actions`, { scale_in: { count: 1 } }, "1.14");
    expect(await ended(asked.json.action)).toMatchObject({ action: "CLUSTER_SCALE_IN", status: "SUCCEEDED" });
    expect([(await nodesOf("drained")).length, await drainings()]).toEqual([2, 1]);
    expect((await act(path, { override: { action: "CLUSTER_SCALE_IN" } })).status).toBe("SUCCEEDED");
    expect((await clusterOf("drained")).overrides).toEqual({});
    expect((await act(path, { scale_in: { count: 1 } })).status).toBe("SUCCEEDED");
    expect([(await nodesOf("drained")).length, await drainings()]).toEqual([1, 1]);
    const again = { override: { action: "CLUSTER_SCALE_IN", by: "drain" } };
    expect((await act(path, again)).status).toBe("SUCCEEDED");
    expect((await act(path, { scale_in: { count: 1 } })).status).toBe("SUCCEEDED");
    expect([(await nodesOf("drained")).length, await drainings()]).toEqual([0, 2]);
  });

  it("has to fit", async () => {
    for (const [wrong, why] of [
      [
        { action: "CLUSTER_SCALE_IN", by: "wrong" },
        '"wrong" can\'t stand in for CLUSTER_SCALE_IN: its count is a Int, not a Int?',
      ],
      [{ action: "CLUSTER_SCALE_IN", by: "nothing" }, 'the cluster\'s program has no action "nothing"'],
      [{ action: "CLUSTER_SCALE", by: "drain" }, "there is no built-in action CLUSTER_SCALE of clusters"],
    ] as const) {
      const refused = await post(`${path}/actions`, { override: wrong });
      expect([refused.status, refused.json.error.message]).toEqual([400, expect.stringContaining(why)]);
    }
  });
});

describe("a webhook of an action that Senlin lacks", () => {
  const trigger = async (receiver: object, inputs: object) => {
    const made = await post("/v1/receivers", { receiver: { type: "webhook", ...receiver } });
    const { pathname, search } = new URL(made.json.receiver.channel.alarm_url);
    const response = await fetch(`${api.url}${pathname}${search}`, {
      method: "POST",
      body: JSON.stringify(inputs),
    });
    return await ended(((await response.json()) as { action: string }).action);
  };

  it("does it, of a request's cluster as of a program's", async () => {
    await makeCluster("hooked", 2);
    const asleep = await trigger(
      { name: "night", cluster_id: "hooked", action: "suspend" },
      { batch_size: 1 },
    );
    expect([asleep.action, asleep.status]).toEqual(["CLUSTER_SUSPEND", "SUCCEEDED"]);
    expect(await statuses("hooked")).toEqual(["SUSPENDED", "SUSPENDED"]);
    expect((await act("/v1/clusters/hooked", { resume: {} })).status).toBe("SUCCEEDED");
    const told = await trigger({ name: "tell", cluster_id: "shop", action: "wrong" }, { count: "7" });
    expect([told.action, told.status]).toEqual(["wrong", "SUCCEEDED"]);
    const { rows } = await api.db.pool.query("select fields from event where name = 'wrong'");
    expect(JSON.stringify(rows)).toContain('"shop"');
  });
});

describe("suspending", () => {
  it("puts a cluster to sleep and wakes it, of a request as of a program", async () => {
    await makeCluster("sleepy", 3);
    for (const name of ["sleepy", "shop"]) {
      const suspended = await act(`/v1/clusters/${name}`, { suspend: { batch_size: 2 } });
      expect([suspended.action, suspended.status]).toEqual(["CLUSTER_SUSPEND", "SUCCEEDED"]);
      expect(suspended.outputs.nodes_suspended).toHaveLength(3);
      expect(await statuses(name)).toEqual(["SUSPENDED", "SUSPENDED", "SUSPENDED"]);
      expect(await clusterOf(name)).toMatchObject({
        status: "SUSPENDED",
        status_reason: "CLUSTER_SUSPEND: all nodes are suspended.",
        desired_capacity: 3,
      });
      const asleep = (await get("/v1/clusters?status=SUSPENDED")).clusters;
      expect(asleep.map((each: { name: string }) => each.name)).toEqual([name]);
      expect((await act(`/v1/clusters/${name}`, { recover: { check: true } })).status).toBe("SUCCEEDED");
      expect((await clusterOf(name)).status).toBe("SUSPENDED");
      expect((await act(`/v1/clusters/${name}`, { resume: {} })).status).toBe("SUCCEEDED");
      expect((await clusterOf(name)).status).toBe("ACTIVE");
    }
  });

  it("puts one node to sleep, which the cluster counts as there", async () => {
    await makeCluster("dozing", 2);
    expect((await act("/v1/nodes/dozing-2", { suspend: {} })).status).toBe("SUCCEEDED");
    expect(await nodeOf("dozing-2")).toMatchObject({ status: "SUSPENDED", healthy: false });
    expect((await act("/v1/clusters/dozing", { check: {} })).status).toBe("SUCCEEDED");
    expect(await statuses("dozing")).toEqual(["ACTIVE", "SUSPENDED"]);
    expect((await clusterOf("dozing")).status).toBe("ACTIVE");
    expect((await act("/v1/clusters/dozing", { resume: { nodes: ["dozing-2"] } })).status).toBe("SUCCEEDED");
    expect((await nodeOf("dozing-2")).status).toBe("ACTIVE");
  });

  it("is refused before anything starts where the driver can't", async () => {
    await makeCluster("stacks", 1, "stack");
    for (const path of ["/v1/clusters/stacks", "/v1/nodes/stacks-1"]) {
      const refused = await post(`${path}/actions`, { suspend: {} });
      expect([refused.status, refused.json.error.message]).toEqual([
        409,
        expect.stringMatching(
          /^\w+_SUSPEND: the driver of profile type "openstack_test.stack" can't suspend/,
        ),
      ]);
    }
    expect(await statuses("stacks")).toEqual(["ACTIVE"]);
  });

  it("is no action of Senlin's, and refuses what is no number", async () => {
    const unknown = await post("/v1/clusters/shop/actions", { suspend: {} }, "1.14");
    expect([unknown.status, unknown.json.error.message]).toEqual([
      400,
      "Unrecognized action 'suspend' specified",
    ]);
    const status = await api.ask({ path: "/v1/clusters?status=SUSPENDED", version: "1.14" });
    expect(status.status).toBe(400);
    for (const wrong of [{ batch_size: 0 }, { batch_size: "many" }, { pause_time: -1 }, { at_once: 1 }])
      expect((await post("/v1/clusters/shop/actions", { suspend: wrong })).status).toBe(400);
  });
});
