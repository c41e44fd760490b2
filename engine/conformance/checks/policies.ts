import type { Json } from "../../../grammar/plan.ts";
import { type Check, CheckFailure } from "../check.ts";
import type { AskOften, KindBench } from "../kind-bench.ts";

interface Decision {
  readonly deny?: string;
  readonly limit?: number;
  readonly choose?: readonly string[];
}

/** What a policy type keeps. */
interface Kept {
  readonly data: Json;
  readonly nodes: Readonly<Record<string, Json>>;
}

const attaches = (bench: KindBench) =>
  bench.workbench.subject.plugin.manifest.policies?.[bench.name]?.attaches === true;

/** What is asked of each policy type. */
export const policyChecks: readonly Check<KindBench>[] = [
  {
    name: "policy-attaches",
    title: "attaches to clusters without and with nodes, and may be asked again with the same key",
    proves: "the reply may be lost; a cluster would have two balancers",
    applies: attaches,
    async run(bench) {
      for (const count of [0, 3]) {
        const first = await attach(bench, count);
        await bench.workbench.restart();
        const again = await attach(bench, count);
        if (JSON.stringify(again) !== JSON.stringify(first))
          throw new CheckFailure(
            `the same key gave ${JSON.stringify(first)}, and then ${JSON.stringify(again)}`,
            { help: "find what the first try made, by the key" },
          );
        await detach(bench, count, first);
      }
    },
  },
  {
    name: "policy-decides",
    title: "decides before and after, for small and large clusters",
    proves: "a policy that fails stops every action of its cluster",
    async run(bench) {
      for (const phase of phases)
        for (const count of [0, 1, 3, 50])
          await attached(bench, count, (kept) => decide(bench, questionOf(bench, count, phase, kept)));
    },
  },
  {
    name: "policy-same-answer",
    title: "gives the same answer to the same question",
    proves: "what plan said must be what apply does; a repeat after a crash must not choose others",
    after: ["policy-decides"],
    async run(bench) {
      await attached(bench, 7, async (kept) => {
        const question = questionOf(bench, 7, "before", kept);
        const first = JSON.stringify(await decide(bench, question));
        for (let turn = 0; turn < 3; turn++) {
          if (turn === 2) await bench.workbench.restart(); // nothing remembered may count
          const again = JSON.stringify(await decide(bench, question));
          if (again !== first)
            throw new CheckFailure(`the same question gave ${first}, and then ${again}`, {
              help: "decide from the call alone: no clock, no random numbers, nothing kept between calls",
            });
        }
      });
    },
  },
  {
    name: "policy-chooses-from-nodes",
    title: "chooses among the nodes that it was shown, each once",
    proves: "an action takes the chosen nodes, in this order",
    after: ["policy-decides"],
    async run(bench) {
      const { choose = [] } = await attached(bench, 7, (kept) =>
        decide(bench, questionOf(bench, 7, "before", kept)),
      );
      const strange = choose.filter((id) => !/^node-[1-7]$/.test(id));
      if (strange.length > 0)
        throw new CheckFailure(`it chose ${strange.join(", ")}, which was not among the nodes`);
      if (new Set(choose).size < choose.length)
        throw new CheckFailure(`it chose a node twice: ${choose.join(", ")}`);
    },
  },
  {
    name: "policy-after-decides-nothing",
    title: "decides nothing after an action",
    proves: "what is done can't be denied: the engine takes such an answer for a bug and fails the action",
    after: ["policy-decides"],
    async run(bench) {
      const said = await attached(bench, 7, (kept) => decide(bench, questionOf(bench, 7, "after", kept)));
      const late = Object.keys(said).filter((name) => !["warn", "data", "nodes"].includes(name));
      if (late.length > 0 && asked(bench, "after"))
        throw new CheckFailure(`it says ${late.join(", ")} after an action`, {
          help: 'say it when phase is "before"',
        });
    },
  },
  {
    name: "policy-detaches",
    title: "detaches, also when it did so before",
    proves: "the reply may be lost; a cluster that can't be detached from can't be deleted",
    after: ["policy-attaches"],
    applies: attaches,
    async run(bench) {
      const kept = await attach(bench, 2);
      await detach(bench, 0, kept);
      await bench.workbench.restart();
      await detach(bench, 0, kept);
    },
  },
  {
    name: "policy-unreachable",
    title: "fails so that it may be tried again when nothing can be reached",
    proves: "a balancer that is away for a moment would fail every action for good",
    after: ["policy-decides"],
    async run(bench) {
      await attached(bench, 2, (kept) =>
        bench.failsUnreachable("decide", questionOf(bench, 2, "before", kept)),
      );
      if (attaches(bench)) await bench.failsUnreachable("attach", boundOf(bench, 2));
    },
  },
];

/** The same decision on the same cluster. */
export const askDecision: AskOften = async (bench) => {
  const kept = attaches(bench) ? await attach(bench, 3) : { data: null, nodes: {} };
  const question = questionOf(bench, 3, "before", kept);
  return {
    call: () => bench.attempt("decide", question),
    end: async () => void (attaches(bench) && (await detach(bench, 3, kept))),
  };
};

const phases = ["before", "after"] as const;

function asked(bench: KindBench, phase: "after"): boolean {
  return (bench.workbench.subject.plugin.manifest.policies?.[bench.name]?.[phase] ?? []).length > 0;
}

/** Works with what a type that attaches keeps, and detaches it again. */
async function attached<T>(bench: KindBench, count: number, work: (kept: Kept) => Promise<T>): Promise<T> {
  if (!attaches(bench)) return await work({ data: null, nodes: {} });
  const kept = await attach(bench, count);
  const result = await work(kept);
  await detach(bench, count, kept);
  return result;
}

async function attach(bench: KindBench, count: number): Promise<Kept> {
  const { data = null, nodes = {} } = (await bench.ask(
    "attach",
    boundOf(bench, count),
  )) as unknown as Partial<Kept>;
  return { data, nodes };
}

async function detach(bench: KindBench, count: number, kept: Kept): Promise<void> {
  await bench.ask("detach", recordedOf(bench, count, kept));
}

async function decide(bench: KindBench, question: Json): Promise<Decision> {
  return (await bench.ask("decide", question)) as unknown as Decision;
}

/** A policy on a cluster of `count` nodes. */
function boundOf(bench: KindBench, count: number) {
  const nodes = Array.from({ length: count }, (_, i) => ({
    id: `node-${i + 1}`,
    name: `web-${i + 1}`,
    index: i + 1,
    physical_id: `resource-${i + 1}`,
    status: i % 5 === 4 ? "ERROR" : "ACTIVE",
    healthy: i % 5 !== 4,
    created_at: 1_700_000_000_000 + ((i * 7919) % 100) * 60_000,
    properties: {},
    data: null as Json,
  }));
  return {
    key: `conformance-${bench.run}-${count}`,
    cluster: {
      id: "cluster-1",
      name: "web",
      size: count,
      minimum: 0,
      maximum: 100,
      labels: { team: "shop" },
    },
    nodes,
    arguments: bench.case.arguments,
  };
}

/** The same with what is kept; of a node that is gone, too. */
function recordedOf(bench: KindBench, count: number, { data, nodes: kept }: Kept) {
  const bound = boundOf(bench, count);
  const there = new Set(bound.nodes.map(({ id }) => id));
  return {
    ...bound,
    nodes: bound.nodes.map((node) => ({ ...node, data: kept[node.id] ?? null })),
    data,
    gone: Object.entries(kept)
      .filter(([id]) => !there.has(id))
      .map(([id, of]) => ({ id, data: of })),
  };
}

/** Before or after the cluster becomes one node smaller. */
function questionOf(bench: KindBench, count: number, phase: (typeof phases)[number], kept: Kept): Json {
  const less = Math.min(1, count);
  const remaining = Math.max(0, count - 1);
  const nodes = phase === "before" && less > 0 ? ["node-1"] : [];
  const request = { action: "CLUSTER_SCALE_IN", size: remaining, count: less, remaining, nodes };
  return { ...recordedOf(bench, count, kept), phase, request };
}
