import type { ClusterRow, NodeRow } from "../../engine/store/rows.ts";
import type { Engine, WorkerProcess } from "../wounds/engine.ts";
import type { Answered, Failing, Shop } from "../wounds/shop.ts";
import { expectedOf, type Peaceful } from "./expectations.ts";
import { brokenWhenQuiet, brokenWhenWhole } from "./invariants.ts";
import type { Step } from "./steps.ts";

/** The program whose cluster `web` is always there, with bounds, a floor and a batch that hold at every instant. */
const text = `
profile first = fake.server { image: "web:1" }
profile second = fake.server { image: "web:2" }
policy careful() {
  before scale_in, resize, del_nodes, node_delete, node_leave, delete {
    deny "two must stay" when request.remaining < 2
  }
  before update { batch 2 }
}
cluster web { profile: first size: 3 in 1..8 policies: [careful] }
cluster other { profile: second size: 0 in 0..8 }
`;

const policies = [
  {
    name: "grow",
    spec: {
      type: "senlin.policy.scaling",
      version: "1.0",
      properties: {
        event: "CLUSTER_SCALE_OUT",
        adjustment: { type: "CHANGE_IN_CAPACITY", number: 2, best_effort: true },
      },
    },
  },
  {
    name: "oldest",
    spec: { type: "senlin.policy.deletion", version: "1.1", properties: { criteria: "OLDEST_FIRST" } },
  },
  {
    name: "slowly",
    spec: {
      type: "senlin.policy.batch",
      version: "1.0",
      properties: { min_in_service: 1, max_batch_size: 2, pause_time: 0 },
    },
  },
];

/** In this time at least one action ends, unless all are stuck: an update waits five minutes for a server that stays down. */
const patienceMs = 400_000;

/** One run's clusters, the workers, and what the model knows of them. */
export class ModelWorld {
  readonly shop: Shop;
  readonly #engine: Engine;
  readonly #workers: WorkerProcess[];
  readonly #profiles: readonly string[];
  readonly #watching: { stop(): Promise<readonly string[]> };
  readonly #told: (line: string) => void;
  #failures: readonly Failing[] = [];
  /** Something of the cloud may be otherwise than the records say. */
  #disturbed = false;
  #clusters = 0;

  private constructor(q: {
    engine: Engine;
    workers: WorkerProcess[];
    shop: Shop;
    profiles: readonly string[];
    tell: (line: string) => void;
  }) {
    this.shop = q.shop;
    this.#engine = q.engine;
    this.#workers = q.workers;
    this.#profiles = q.profiles;
    this.#told = q.tell;
    this.#watching = watch(q.shop);
  }

  /** A project of its own on an engine with workers, which may be killed. */
  static async open(
    engine: Engine,
    workers: WorkerProcess[],
    tell: (line: string) => void,
  ): Promise<ModelWorld> {
    const shop = await engine.shop(text, { latency: "20ms" });
    for (const { name, spec } of policies) {
      const made = await shop.ask("POST", "/policies", { policy: { name, spec } });
      if (made.status !== 201) throw new Error(JSON.stringify(made.json));
    }
    await shop.quiet();
    const profiles = [(await shop.cluster("web")).profile_id, (await shop.cluster("other")).profile_id];
    return new ModelWorld({ engine, workers, shop, profiles, tell });
  }

  /** Takes one step; throws with what is wrong when an invariant breaks or a request comes to something else than it should. */
  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "fail":
        this.#failures = [...this.#failures, step];
        this.#disturbed = true;
        return await this.shop.fail(...this.#failures);
      case "mend":
        this.#failures = [];
        return await this.shop.fail();
      case "break":
        return await this.#break(step);
      case "cancel":
        return await this.#cancel(step);
      case "kill":
        return await this.#kill(step.worker);
      case "settle":
        return await this.settle();
      default:
        return await this.#request(step);
    }
  }

  /** Waits until nothing is under way, and looks whether all is as it should be. */
  async settle(): Promise<void> {
    await this.#quiet();
    expectNothing(await brokenWhenQuiet(this.shop));
  }

  /** Mends the cloud, recovers everything, looks at it, deletes everything, and looks whether anything is left. */
  async end(): Promise<void> {
    await this.settle();
    await this.#wholeAgain();
    for (const { name } of await this.#all()) await this.#accepted("DELETE", `/clusters/${name}`);
    await this.#quiet();
    // careful keeps two of web's nodes, as it should
    const left = (await this.#all()).map(({ name }) => name);
    if (left.join() !== "web") throw new Error(`these clusters could not be deleted: ${left.join()}`);
    for (const { id } of await this.shop.nodes(null)) await this.#accepted("DELETE", `/nodes/${id}`);
    await this.settle();
    const web = await this.shop.nodes("web");
    const servers = await this.shop.servers();
    if (servers.length !== web.length)
      throw new Error(`the cloud has ${servers.length} servers, and web ${web.length} nodes`);
    expectNothing(await this.#watching.stop());
  }

  /** Ends what watches it. */
  async close(): Promise<void> {
    await this.#watching.stop();
  }

  async #wholeAgain(): Promise<void> {
    this.#failures = [];
    await this.shop.fail();
    const recovered: string[] = [];
    for (const { name } of await this.#all())
      recovered.push(await this.shop.act(name, { recover: { check: true, check_capacity: true } }));
    for (const { id } of await this.shop.nodes(null))
      recovered.push(await this.shop.actOnNode(id, { recover: { check: true } }));
    await this.#quiet();
    for (const id of recovered) {
      const { status, status_reason: reason } = await this.shop.end(id);
      if (status !== "SUCCEEDED") throw new Error(`in fine weather a recovery ended as ${status}: ${reason}`);
    }
    expectNothing(await brokenWhenWhole(this.shop));
    this.#disturbed = false;
  }

  async #request(
    step: Exclude<Step, { do: "fail" | "mend" | "break" | "cancel" | "kill" | "settle" }>,
  ): Promise<void> {
    const cluster = "cluster" in step ? await this.#at(step.cluster) : null;
    const before = cluster === null ? null : await this.#peaceOf(cluster);
    const answer = await this.#ask(step, cluster);
    if (answer === null) return;
    this.#told(
      `  ${answer.status} ${answer.status === 202 ? "" : JSON.stringify(answer.json).slice(0, 200)}`,
    );
    if (answer.status >= 500) throw new Error(`${answer.status}: ${JSON.stringify(answer.json)}`);
    if (cluster === null || before === null) return;
    const expected = expectedOf(step, before);
    if (expected === null || this.#isPolicies(step, cluster)) return;
    await this.#quiet();
    const after = (await this.#all()).find(({ id }) => id === cluster.id) ?? null;
    if (expected === "gone") {
      if (after !== null)
        throw new Error(`cluster ${cluster.name} was to be deleted, and is ${after.status}`);
      return;
    }
    if (after === null) throw new Error(`cluster ${cluster.name} is gone`);
    const nodes = await this.shop.nodes(cluster.name);
    const seen = {
      size: after.desired_capacity,
      min: after.min_size,
      max: after.max_size,
      nodes: nodes.length,
    };
    const should = expected === "refused" ? before : expected;
    const wanted = { ...should, nodes: should.size };
    if (
      JSON.stringify(seen) !==
      JSON.stringify({ size: wanted.size, min: wanted.min, max: wanted.max, nodes: wanted.nodes })
    )
      throw new Error(
        `cluster ${cluster.name} was to be ${JSON.stringify(wanted)}, and is ${JSON.stringify(seen)}`,
      );
    if (step.do === "update" && nodes.some((node) => node.profile_id !== this.#profiles[step.profile]))
      throw new Error(`cluster ${cluster.name} was to have another profile, and not all of its nodes have`);
  }

  /** Whether a policy has a say in it, so that the outcome isn't for the model to tell. */
  #isPolicies(step: Step, cluster: ClusterRow): boolean {
    const about = ["scale", "resize", "delete", "replace"];
    return about.includes(step.do) && (cluster.name === "web" || this.#attached.has(cluster.id));
  }

  readonly #attached = new Set<string>();

  async #ask(
    step: Exclude<Step, { do: "fail" | "mend" | "break" | "cancel" | "kill" | "settle" }>,
    cluster: ClusterRow | null,
  ): Promise<Answered | null> {
    const queue = "on_conflict=queue";
    const post = (body: object) => this.shop.ask("POST", `/clusters/${cluster?.id}/actions?${queue}`, body);
    const given = (fields: object) =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
    switch (step.do) {
      case "create": {
        this.#clusters += 1;
        const { size: desired_capacity, min: min_size, max: max_size } = step;
        const name = `c${this.#clusters}`;
        const asked = {
          name,
          profile_id: this.#profiles[step.profile],
          desired_capacity,
          min_size,
          max_size,
        };
        return await this.shop.ask("POST", "/clusters", { cluster: asked });
      }
      case "resize": {
        // web keeps its bounds: they are watched
        const bounds = cluster?.name === "web" ? {} : { min_size: step.min, max_size: step.max };
        const { type: adjustment_type, number, strict } = step;
        return await post({ resize: given({ adjustment_type, number, strict, ...bounds }) });
      }
      case "scale":
        return await post({ [`scale_${step.direction}`]: given({ count: step.count }) });
      case "delete":
        if (cluster?.program !== null) return null;
        return await this.shop.ask("DELETE", `/clusters/${cluster.id}?force=${step.force}&${queue}`);
      case "check":
        return await post({ check: {} });
      case "recover":
        return await post({ recover: { operation: step.operation, check: true } });
      case "update":
        return await this.shop.ask("PATCH", `/clusters/${cluster?.id}?${queue}`, {
          cluster: { profile_id: this.#profiles[step.profile] },
        });
      case "spare": {
        this.#clusters += 1;
        const node = { name: `spare${this.#clusters}`, profile_id: this.#profiles[step.profile] };
        return await this.shop.ask("POST", "/nodes", { node });
      }
      case "join": {
        const spare = await this.shop.nodes(null);
        if (spare.length === 0) return null;
        return await post({ add_nodes: { nodes: spare.slice(0, step.count).map(({ id }) => id) } });
      }
      case "drop": {
        const members = await this.shop.nodes(cluster?.name ?? "");
        if (members.length === 0) return null;
        const nodes = members.slice(0, step.count).map(({ id }) => id);
        return await post({ del_nodes: { nodes, destroy_after_deletion: step.destroy } });
      }
      case "replace": {
        const [spare] = await this.shop.nodes(null);
        const [member] = await this.shop.nodes(cluster?.name ?? "");
        if (spare === undefined || member === undefined) return null;
        return await post({ replace_nodes: { nodes: { [member.id]: spare.id } } });
      }
      case "node": {
        const node = await this.#node(step.node);
        if (node === null) return null;
        if (step.what === "delete") return await this.shop.ask("DELETE", `/nodes/${node.id}?${queue}`);
        if (step.what === "taint")
          return await this.shop.ask("PATCH", `/nodes/${node.id}?${queue}`, { node: { tainted: true } });
        return await this.shop.ask("POST", `/nodes/${node.id}/actions?${queue}`, { [step.what]: {} });
      }
      case "attach":
      case "detach":
      case "disable": {
        const policy_id = policies[step.policy]?.name ?? "";
        if (cluster !== null) this.#attached.add(cluster.id);
        if (step.do === "attach") return await post({ policy_attach: { policy_id } });
        if (step.do === "detach") return await post({ policy_detach: { policy_id } });
        return await post({ policy_update: { policy_id, enabled: false } });
      }
    }
  }

  async #break(step: Extract<Step, { do: "break" }>): Promise<void> {
    const servers = await this.shop.servers();
    const server = servers[step.server % Math.max(1, servers.length)];
    if (server === undefined) return;
    this.#disturbed = true;
    const key = [this.shop.projectId, `server/${server.id}`];
    if (step.how === "gone")
      await this.shop.query("delete from plugin_state where project_id = $1 and key = $2", key);
    else
      await this.shop.query(
        `update plugin_state set value = value || '{"status": "stopped"}' where project_id = $1 and key = $2`,
        key,
      );
  }

  async #cancel(step: Extract<Step, { do: "cancel" }>): Promise<void> {
    const running = await this.shop.query<{ id: string }>(
      "select id from action where project_id = $1 and status in ('READY', 'RUNNING') order by seq",
      [this.shop.projectId],
    );
    const action = running[step.action % Math.max(1, running.length)];
    if (action === undefined) return;
    this.#disturbed = true;
    const path = `/actions/${action.id}?force=${step.force}`;
    const answer = await this.shop.ask("PATCH", path, { action: { status: "CANCELLED" } });
    if (answer.status !== 202 && answer.status !== 409)
      throw new Error(`cancel: ${answer.status} ${JSON.stringify(answer.json)}`);
  }

  async #kill(number: number): Promise<void> {
    const at = number % this.#workers.length;
    await this.#workers[at]?.signal("SIGKILL");
    this.#workers[at] = await this.#engine.startWorker();
  }

  /** The cluster as the model knows it; `null` where something else is under way, or the cloud is disturbed. */
  async #peaceOf(cluster: ClusterRow): Promise<Peaceful | null> {
    if (this.#disturbed) return null;
    const [busy] = await this.shop.query(
      "select from action where project_id = $1 and status in ('READY', 'RUNNING') limit 1",
      [this.shop.projectId],
    );
    if (busy !== undefined) return null;
    const nodes = await this.shop.nodes(cluster.name);
    const { desired_capacity: size, min_size: min, max_size: max } = cluster;
    const whole = nodes.length === size && nodes.every(({ status }) => status === "ACTIVE");
    return whole ? { size, min, max } : null;
  }

  async #all(): Promise<readonly ClusterRow[]> {
    return await this.shop.query<ClusterRow>(
      "select * from cluster where project_id = $1 and name <> 'other' order by init_at, id",
      [this.shop.projectId],
    );
  }

  async #at(number: number): Promise<ClusterRow> {
    const all = await this.#all();
    return all[number % all.length]!; // web is always there
  }

  async #node(number: number): Promise<NodeRow | null> {
    const all = await this.shop.query<NodeRow>(
      "select * from node where project_id = $1 order by init_at, index, id",
      [this.shop.projectId],
    );
    return all[number % Math.max(1, all.length)] ?? null;
  }

  async #accepted(method: string, path: string): Promise<void> {
    const answer = await this.shop.ask(method, `${path}?on_conflict=queue`);
    if (answer.status !== 202)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
  }

  async #quiet(): Promise<void> {
    const quiet = this.shop.quiet();
    for (let before = await this.#unfinished(); ; ) {
      const late = new Promise<"late">((resolve) => setTimeout(resolve, patienceMs, "late").unref());
      if ((await Promise.race([quiet, late])) !== "late") return;
      const left = await this.#unfinished();
      if (left.length >= before.length) throw new Error(await this.#stuck(left));
      before = left;
    }
  }

  #unfinished(): Promise<readonly object[]> {
    return this.shop.query(
      "select id, action, status, control, created_at, start_time, progress from action where project_id = $1 and status in ('READY', 'RUNNING') order by seq",
      [this.shop.projectId],
    );
  }

  async #stuck(left: readonly object[]): Promise<string> {
    const ill = await this.shop.query(
      "select name, index, status, healthy, status_reason, physical_id from node where project_id = $1 and (status <> 'ACTIVE' or not healthy)",
      [this.shop.projectId],
    );
    const told = [left, ill].map((rows) => JSON.stringify(rows, null, 1));
    return `R1: for ${patienceMs / 1000} s none of these has ended: ${told[0]}\nthese nodes aren't well: ${told[1]}`;
  }
}

/** Looks at what has to hold at every instant, again and again. */
function watch(shop: Shop): { stop(): Promise<readonly string[]> } {
  const broken = new Set<string>();
  let stopping = false;
  const sql = `
    select
      (select count(*)::integer from node n where n.cluster_id = c.id) as nodes,
      (select count(*)::integer from node n where n.cluster_id = c.id and n.status = 'UPDATING') as updating,
      (select string_agg(o.name, ', ') from cluster o where o.project_id = $1 and (
        o.desired_capacity < o.min_size or (o.max_size >= 0 and o.desired_capacity > o.max_size))) as beyond
    from cluster c where c.project_id = $1 and c.name = 'web'`;
  const running = (async () => {
    let most = 0;
    while (!stopping) {
      const [row] = await shop.query<{
        nodes: number;
        updating: number;
        beyond: string | null;
      }>(sql, [shop.projectId]);
      if (row !== undefined) {
        most = Math.max(most, row.nodes);
        if (row.nodes > 8) broken.add(`R3: web had ${row.nodes} nodes, more than 8`);
        if (most >= 2 && row.nodes < 2) broken.add(`R3: web had ${row.nodes} nodes, and careful keeps two`);
        if (row.updating > 2)
          broken.add(`R3: ${row.updating} nodes of web were updated at once, and careful says two`);
        if (row.beyond !== null) broken.add(`R3: the size of ${row.beyond} was out of its bounds`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  return {
    async stop() {
      stopping = true;
      await running;
      return [...broken];
    },
  };
}

function expectNothing(broken: readonly string[]): void {
  if (broken.length > 0) throw new Error(broken.join("\n"));
}
