import { loadLibrary } from "../../engine/actions/load-library.ts";
import { HostFailure } from "../../engine/host/plugin-host.ts";
import { createFakeWorld, type FakeWorld, fakeStart } from "../../engine/local/fake-world.ts";
import { clusterView, nodeView } from "../../engine/local/local-store.ts";
import { runLocally } from "../../engine/local/run-locally.ts";
import { compileProgram } from "../../grammar/compile.ts";
import type { Plan, Value } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { ClusterView, NodeView } from "../../grammar/world.ts";
import type {
  ApproveOutcome,
  FinishRequest,
  NodeOutcome,
  OperateRequest,
  RunStart,
} from "../../workflows/activities.ts";
import type { EffectOptions, Effects } from "../../workflows/effects.ts";

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

/** Compiles a program that uses the plugin `fake`; its mistakes fail the test. */
export function compile(text: string): Plan {
  const { plan, diagnostics } = compileProgram({
    path: "test.coppice",
    text,
    library: loadLibrary(),
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
  const answers = [...(q.answers ?? [])];
  const world = createFakeWorld({
    plan,
    schemas: new Map([[fakeSchema.hash, fakeSchema]]),
    empty: q.empty === true,
    async approve({ withinMs }, signal) {
      const answer = answers.shift();
      if (answer === undefined) await world.clock.sleep(withinMs, signal);
      return answer ?? { answer: "absent", by: null, reason: null };
    },
  });
  prepare(world, q);
  const log = new Log(world, q);
  const { clock, store } = world;
  const { end, elapsedMs } = await clock.drive(
    runLocally(world, {
      plan,
      action: q.action,
      inputs: references(plan, q.action, q.inputs ?? {}),
      actionId: "action",
      override: q.override ?? null,
      cancel: log.cancel.signal,
      effects: (effects) => log.around(effects),
    }),
  );
  return {
    end,
    log: log.lines,
    summaries: log.summaries,
    nodes: store.clusters().flatMap(({ id }) => store.nodesOf(id).map(nodeView)),
    clusters: store.clusters().map(clusterView),
    time: elapsedMs,
  };
}

type MemoryRequest = Parameters<typeof runInMemory>[0];

function references(
  plan: Plan,
  action: string,
  inputs: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const clusters = plan.actions[action]?.clusterParameters ?? [];
  const given = Object.entries(inputs).map(([name, value]): [string, Value] => [
    name,
    clusters.includes(name) ? { $cluster: String(value) } : value,
  ]);
  return Object.fromEntries(given);
}

/** What the request says of nodes and locks, and the functions of `fakeSchema`. */
function prepare(world: FakeWorld, q: MemoryRequest): void {
  const { store, drivers, clock, locks } = world;
  for (const id of q.sick ?? []) {
    const node = store.node(id);
    if (node !== undefined) store.setNode({ ...node, healthy: false });
    drivers.resources.sicken(node?.physicalId ?? "");
  }
  for (const [name, until] of Object.entries(q.locked ?? {})) {
    const holder = { actionId: "another", callId: name };
    locks.take({ ...holder, names: [name] });
    void clock.sleep(until).then(() => locks.release(holder));
  }
  drivers.scripts.push({
    plugin: "fake",
    operation: "ping",
    node: null,
    effect: { kind: "returns", value: "pong hi" },
    times: null,
  });
  drivers.fault = ({ operation, nodeId: node, arguments: given }) => {
    if (node === null) return null;
    const time = clock.now() - fakeStart;
    const message = q.fault?.({ operation, node, arguments: given, time }) ?? null;
    return message === null ? null : new HostFailure(message, { code: "no-such-image", retryable: false });
  };
}

/** Writes down what a run does outside of itself, and cancels or exhausts it where the request says. */
class Log {
  readonly lines: string[] = [];
  readonly summaries: string[] = [];
  readonly cancel = new AbortController();
  readonly #world: FakeWorld;
  readonly #q: MemoryRequest;
  #effects = 0;

  constructor(world: FakeWorld, q: MemoryRequest) {
    this.#world = world;
    this.#q = q;
  }

  around(effects: Effects): Effects {
    const { records } = effects;
    return {
      ...effects,
      operate: async (q, options) => {
        this.#begin(options);
        const outcomes = await effects.operate(q, options);
        for (const [index, outcome] of outcomes.entries()) this.#operated(q, index, outcome);
        return outcomes;
      },
      waitUntil: async (q, options) => {
        this.#begin(options, `wait until (${q.items.length})`);
        return await effects.waitUntil(q, options);
      },
      invoke: async (q, options) => {
        this.#begin(options, `${q.plugin}.${q.function} ${JSON.stringify(q.arguments)}`);
        return await effects.invoke(q, options);
      },
      sleep: async (milliseconds, options) => {
        this.#begin(options, `sleep ${milliseconds}`);
        await effects.sleep(milliseconds, options);
      },
      approve: async (q, options) => {
        this.#begin(options);
        return await effects.approve(q, options);
      },
      lock: async (q, options) => {
        this.#begin(options);
        return await effects.lock(q, options);
      },
      records: {
        ...records,
        openApproval: this.#noted(records.openApproval, (q) => `ask ${q.role ?? "anyone"}: ${q.message}`),
        closeApproval: this.#noted(records.closeApproval, ({ outcome }) => `answer: ${outcome.answer}`),
        takeLocks: this.#noted(records.takeLocks, ({ names }) => `lock ${names.join(", ")}`),
        releaseLocks: this.#noted(records.releaseLocks, () => "release"),
        addNodes: this.#noted(records.addNodes, (q) => `add ${q.count} nodes to ${q.clusterId}`),
        setSize: this.#noted(records.setSize, (q) => `${q.clusterId}.size = ${q.size}`),
        removeCluster: this.#noted(records.removeCluster, (q) => `remove ${q.clusterId}`),
        recordEvents: this.#noted(records.recordEvents, ({ events }) =>
          events.map((event) => `event ${event.name} ${JSON.stringify(event.fields)}`).join("\n"),
        ),
      },
      exhausted: () => this.#q.exhaustedAt !== undefined && this.#effects >= this.#q.exhaustedAt,
      showDetails: (markdown) => {
        markdown();
      },
    };
  }

  #begin(options: EffectOptions, line?: string): void {
    this.#effects += 1;
    if (this.#q.cancelAt !== undefined && this.#effects >= this.#q.cancelAt) this.cancel.abort();
    if (this.cancel.signal.aborted && !options.shielded) return; // the effect itself refuses
    this.summaries.push(options.summary);
    if (line !== undefined) this.lines.push(line);
  }

  /** A record that was made; one that is refused leaves no line. */
  #noted<Q, R>(record: (q: Q) => Promise<R>, line: (q: Q) => string): (q: Q) => Promise<R> {
    return async (q) => {
      const answer = await record(q);
      this.lines.push(...line(q).split("\n"));
      return answer;
    };
  }

  #operated(q: OperateRequest, index: number, outcome: NodeOutcome): void {
    const item = q.items[index];
    const name = this.#world.store.node(outcome.nodeId)?.name ?? outcome.nodeId;
    const given =
      Object.keys(item?.arguments ?? {}).length === 0 ? "" : ` ${JSON.stringify(item?.arguments)}`;
    this.lines.push(
      `${q.operation} ${name}${given}${outcome.ok ? "" : ` failed: ${outcome.failure.message}`}`,
    );
  }
}
