import { readdirSync, readFileSync } from "node:fs";
import { compileProgram } from "../../grammar/compile.ts";
import { evaluate } from "../../grammar/evaluate/evaluate.ts";
import type { Json, Plan, Value } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import { slicePlan } from "../../grammar/slice.ts";
import type { ClusterView, NodeView } from "../../grammar/world.ts";
import type {
  ApproveOutcome,
  FinishRequest,
  NodeOutcome,
  OperateRequest,
  RunStart,
} from "../../workflows/activities.ts";
import type { EffectOptions, Effects } from "../../workflows/effects.ts";
import { newRun, runToEnd } from "../../workflows/run-action.ts";
import { cancelledFailure, RunFailure } from "../../workflows/run-failure.ts";
import { RunWorld } from "../../workflows/run-world.ts";

/** The fake driver's schema, as far as these tests' programs use it. */
export const fakeSchema: PluginSchema = {
  name: "fake",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  hash: "f".repeat(64),
  needs: [{ capability: "state", why: "keeps what it made" }],
  settings: {},
  profiles: {
    server: {
      properties: {
        image: { type: "String", required: true, updatable: true },
        memory: { type: "Size", default: 268435456, updatable: true },
      },
      operations: { create: {}, delete: {}, get: {}, find: {}, update: {}, start: {}, stop: {} },
    },
  },
  functions: {
    ping: { arguments: { text: { type: "String", required: true } }, result: { type: "String" } },
  },
};

const libraryFolder = new URL("../../workflows/library/", import.meta.url);
export const library = readdirSync(libraryFolder)
  .sort()
  .map((name) => ({
    path: `workflows/library/${name}`,
    text: readFileSync(new URL(name, libraryFolder), "utf8"),
  }));

/** Compiles a program that uses the plugin `fake`; its mistakes fail the test. */
export function compile(text: string): Plan {
  const { plan, diagnostics } = compileProgram({
    path: "test.coppice",
    text,
    library,
    plugins: () => fakeSchema,
  });
  if (plan === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  return plan;
}

/** What a test may do when the driver is called: `null` lets the operation succeed. */
export type Fault = (call: {
  operation: string;
  node: string;
  arguments: Readonly<Record<string, Value>>;
  time: number;
}) => string | null;

/** A run without Temporal, Postgres or drivers: what happened is in `log`, one line each. */
export interface MemoryRun {
  readonly end: FinishRequest;
  readonly log: readonly string[];
  /** What an operator sees of each effect, in order. */
  readonly summaries: readonly string[];
  readonly nodes: readonly NodeView[];
  readonly clusters: readonly ClusterView[];
  /** Virtual milliseconds that passed. */
  readonly time: number;
}

/** Runs one action over clusters of the program whose nodes all exist and are healthy. */
export async function runInMemory(q: {
  readonly program: string;
  readonly action: string;
  /** Cluster arguments by name; others as values. */
  readonly inputs?: Readonly<Record<string, Value>>;
  readonly fault?: Fault;
  /** Cancels the run before the effect with this number (from 1) begins. */
  readonly cancelAt?: number;
  /** The runtime has no room left after this many effects. */
  readonly exhaustedAt?: number;
  /** Nodes that are sick at the start, by name. */
  readonly sick?: readonly string[];
  /** What people say to questions, in order; nobody says anything when it is used up. */
  readonly answers?: readonly ApproveOutcome[];
  /** Locks that another run holds until this virtual time, by name. */
  readonly locked?: Readonly<Record<string, number>>;
  readonly override?: RunStart["action"]["override"];
  /** No node exists at the start. */
  readonly empty?: boolean;
}): Promise<MemoryRun> {
  const plan = compile(q.program);
  const memory = new Memory(plan, q);
  const start = memory.start(q.action, q.inputs ?? {});
  const world = new RunWorld(start, () => memory.time);
  world.addNodes(start.nodes.nodes);
  const run = newRun(start, world, memory.effects());
  const end = await runToEnd(run);
  return {
    end,
    log: memory.log,
    summaries: memory.summaries,
    nodes: [...memory.nodes.values()],
    clusters: [...memory.clusters.values()],
    time: memory.time,
  };
}

class Memory {
  readonly log: string[] = [];
  readonly summaries: string[] = [];
  readonly nodes = new Map<string, NodeView>();
  readonly clusters = new Map<string, ClusterView>();
  readonly profiles: Record<string, Readonly<Record<string, Json>>> = {};
  time = 0;
  #effects = 0;
  readonly #plan: Plan;
  readonly #q: Parameters<typeof runInMemory>[0];
  readonly #answers: ApproveOutcome[];

  constructor(plan: Plan, q: Parameters<typeof runInMemory>[0]) {
    this.#plan = plan;
    this.#q = q;
    this.#answers = [...(q.answers ?? [])];
    for (const [name, cluster] of Object.entries(plan.clusters)) {
      const profileId = `profile-${cluster.profile}`;
      this.profiles[profileId] = plan.profiles[cluster.profile]?.properties ?? {};
      const { size, minimum, maximum, labels } = cluster;
      this.clusters.set(name, {
        id: name,
        name,
        size,
        minimum,
        maximum,
        labels,
        status: "ACTIVE",
        profileId,
      });
      if (q.empty !== true) for (let index = 1; index <= size; index += 1) this.#addNode(name, index, true);
    }
  }

  start(action: string, inputs: Readonly<Record<string, Value>>): RunStart {
    const clusters = [...this.clusters.values()];
    const bindings = Object.fromEntries(
      clusters.map((c) => [c.id, this.#plan.clusters[c.name]?.policies ?? []]),
    );
    const parameters = this.#plan.actions[action]?.clusterParameters ?? [];
    const values = Object.entries(inputs).map(([name, value]): [string, Value] => [
      name,
      parameters.includes(name) ? { $cluster: String(value) } : value,
    ]);
    return {
      action: {
        id: "action",
        name: action,
        projectId: "p",
        cause: "test",
        inputs: Object.fromEntries(values),
        override: this.#q.override ?? null,
      },
      plan: slicePlan(this.#plan, action, Object.keys(this.#plan.policies)),
      clusters,
      clusterIds: Object.fromEntries(clusters.map((c) => [c.name, c.id])),
      bindings,
      profiles: { ...this.profiles },
      nodes: { nodes: [...this.nodes.values()], next: null },
      nodesPerActivity: null,
    };
  }

  effects(): Effects {
    return {
      operate: async (q, options) => {
        this.#effect(options);
        return q.items.map((item) => this.#operate(q, item));
      },
      waitUntil: async (q, options) => {
        this.#effect(options);
        const world = new RunWorld(this.start(this.#q.action, {}), () => this.time);
        world.addNodes([...this.nodes.values()]);
        this.log.push(`wait until (${q.items.length})`);
        const items = q.items.map((item) => ({
          key: item.key,
          met:
            evaluate(
              q.condition,
              { values: new Map(Object.entries(item.variables)), parent: null },
              world,
            ) === true,
        }));
        if (items.some((item) => !item.met)) this.time += q.withinMs;
        return { items, nodes: [] };
      },
      invoke: async (q, options) => {
        this.#effect(options);
        this.log.push(`${q.plugin}.${q.function} ${JSON.stringify(q.arguments)}`);
        return { ok: true, value: `pong ${String(q.arguments["text"])}` };
      },
      sleep: async (milliseconds, options) => {
        this.#effect(options);
        this.time += milliseconds;
        this.log.push(`sleep ${milliseconds}`);
      },
      approve: async (q, options) => {
        this.#effect(options);
        const answer = this.#answers.shift();
        if (answer !== undefined) return answer;
        this.time += q.withinMs;
        return { answer: "absent", by: null, reason: null };
      },
      lock: async (q, options) => {
        this.#effect(options);
        const free = Math.max(...q.names.map((name) => this.#q.locked?.[name] ?? 0));
        this.time = Math.min(Math.max(this.time, free), this.time + q.withinMs);
        return this.time >= free;
      },
      now: () => this.time,
      records: {
        openApproval: async ({ message, role }) => {
          this.log.push(`ask ${role ?? "anyone"}: ${message}`);
        },
        closeApproval: async ({ outcome }) => {
          this.log.push(`answer: ${outcome.answer}`);
        },
        takeLocks: async ({ names }) => {
          this.log.push(`lock ${names.join(", ")}`);
          return names.every((name) => (this.#q.locked?.[name] ?? 0) <= this.time);
        },
        releaseLocks: async () => {
          this.log.push("release");
        },
        addNodes: async ({ clusterId, count, changes }) => {
          const taken = [...this.nodes.values()]
            .filter((node) => node.clusterId === clusterId)
            .map((node) => node.index);
          const first = Math.max(0, ...taken) + 1;
          this.log.push(`add ${count} nodes to ${clusterId}`);
          return Array.from({ length: count }, (_, offset) =>
            this.#addNode(clusterId, first + offset, false, changes?.[offset]),
          );
        },
        setSize: async ({ clusterId, size }) => {
          const cluster = this.clusters.get(clusterId);
          if (cluster === undefined) throw new Error("no such cluster");
          if (size < cluster.minimum || (cluster.maximum !== null && size > cluster.maximum)) {
            throw new RunFailure({
              code: "size-out-of-range",
              message: `size ${size} is outside ${cluster.minimum}..${cluster.maximum}`,
            });
          }
          const changed = { ...cluster, size };
          this.clusters.set(clusterId, changed);
          this.log.push(`${clusterId}.size = ${size}`);
          return changed;
        },
        setProfile: async ({ clusterId, properties }) => {
          const cluster = this.clusters.get(clusterId);
          if (cluster === undefined) throw new Error("no such cluster");
          const profileId = `${cluster.profileId}+`;
          this.profiles[profileId] = { ...this.profiles[cluster.profileId], ...properties };
          const changed = { ...cluster, profileId };
          this.clusters.set(clusterId, changed);
          return { cluster: changed, properties: this.profiles[profileId] };
        },
        removeCluster: async ({ clusterId }) => {
          this.clusters.delete(clusterId);
          this.log.push(`remove ${clusterId}`);
        },
        recordEvents: async ({ events }) => {
          for (const event of events) this.log.push(`event ${event.name} ${JSON.stringify(event.fields)}`);
        },
      },
      exhausted: () => this.#q.exhaustedAt !== undefined && this.#effects >= this.#q.exhaustedAt,
      showDetails: (markdown) => {
        markdown();
      },
    };
  }

  #effect(options: EffectOptions): void {
    this.#effects += 1;
    const cancelled = this.#q.cancelAt !== undefined && this.#effects >= this.#q.cancelAt;
    if (cancelled && !options.shielded) throw cancelledFailure();
    this.summaries.push(options.summary);
  }

  #operate(q: OperateRequest, item: OperateRequest["items"][number]): NodeOutcome {
    const { nodeId } = item;
    const node = this.nodes.get(nodeId);
    if (node === undefined)
      return { nodeId, ok: false, failure: { code: "node-gone", message: "it is gone" } };
    const call = { operation: q.operation, node: node.name, arguments: item.arguments, time: this.time };
    const message = this.#q.fault?.(call) ?? null;
    const given = Object.keys(item.arguments).length === 0 ? "" : ` ${JSON.stringify(item.arguments)}`;
    this.log.push(`${q.operation} ${node.name}${given}${message === null ? "" : ` failed: ${message}`}`);
    if (message !== null) return { nodeId, ok: false, failure: { code: "no-such-image", message } };
    if (q.operation === "delete") {
      this.nodes.delete(nodeId);
      return { nodeId, ok: true, node: null };
    }
    const change =
      q.operation === "update"
        ? { changes: { ...node.changes, ...(item.arguments as Readonly<Record<string, Json>>) } }
        : q.operation === "create" || q.operation === "recreate"
          ? { status: "ACTIVE", healthy: true, physicalId: `r-${node.name}` }
          : {};
    this.nodes.set(nodeId, { ...node, ...change });
    return { nodeId, ok: true, node: change };
  }

  #addNode(
    clusterId: string,
    index: number,
    exists: boolean,
    changes?: Readonly<Record<string, Json>>,
  ): NodeView {
    const name = `${clusterId}-${index}`;
    const node: NodeView = {
      id: name,
      name,
      index,
      clusterId,
      status: exists ? "ACTIVE" : "INIT",
      physicalId: exists ? `r-${name}` : null,
      healthy: exists && this.#q.sick?.includes(name) !== true,
      createdAt: index * 1000,
      profileId: this.clusters.get(clusterId)?.profileId ?? "",
      ...(changes !== undefined && { changes }),
    };
    this.nodes.set(name, node);
    return node;
  }
}
