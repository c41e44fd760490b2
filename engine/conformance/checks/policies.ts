import type { Json } from "../../../grammar/plan.ts";
import { type Check, CheckFailure } from "../check.ts";
import type { KindBench } from "../kind-bench.ts";

interface Decision {
  readonly deny?: string;
  readonly limit?: number;
  readonly choose?: readonly string[];
}

/** What is asked of each policy type. */
export const policyChecks: readonly Check<KindBench>[] = [
  {
    name: "policy-decides",
    title: "decides before and after, for small and large clusters",
    proves: "a policy that fails stops every action of its cluster",
    async run(bench) {
      for (const phase of ["before", "after"])
        for (const count of [0, 1, 3, 50]) await decide(bench, questionOf(bench, count, phase));
    },
  },
  {
    name: "policy-same-answer",
    title: "gives the same answer to the same question",
    proves: "what plan said must be what apply does; a repeat after a crash must not choose others",
    after: ["policy-decides"],
    async run(bench) {
      const question = questionOf(bench, 7, "before");
      const first = JSON.stringify(await decide(bench, question));
      for (let turn = 0; turn < 3; turn++) {
        if (turn === 2) await bench.workbench.restart(); // nothing remembered may count
        const again = JSON.stringify(await decide(bench, question));
        if (again !== first)
          throw new CheckFailure(`the same question gave ${first}, and then ${again}`, {
            help: "decide from the call alone: no clock, no random numbers, nothing kept between calls",
          });
      }
    },
  },
  {
    name: "policy-chooses-from-nodes",
    title: "chooses among the nodes that it was shown, each once",
    proves: "an action takes the chosen nodes, in this order",
    after: ["policy-decides"],
    async run(bench) {
      const { choose = [] } = await decide(bench, questionOf(bench, 7, "before"));
      const strange = choose.filter((id) => !/^node-[1-7]$/.test(id));
      if (strange.length > 0)
        throw new CheckFailure(`it chose ${strange.join(", ")}, which was not among the nodes`);
      if (new Set(choose).size < choose.length)
        throw new CheckFailure(`it chose a node twice: ${choose.join(", ")}`);
    },
  },
];

async function decide(bench: KindBench, question: Json): Promise<Decision> {
  return (await bench.ask("decide", question)) as unknown as Decision;
}

/** A cluster of `count` nodes that are about to become fewer. */
function questionOf(bench: KindBench, count: number, phase: string): Json {
  const nodes = Array.from({ length: count }, (_, i) => ({
    id: `node-${i + 1}`,
    name: `web-${i + 1}`,
    index: i + 1,
    status: i % 5 === 4 ? "ERROR" : "ACTIVE",
    healthy: i % 5 !== 4,
    created_at: 1_700_000_000_000 + ((i * 7919) % 100) * 60_000,
    properties: {},
  }));
  return {
    phase,
    cluster: { name: "web", size: count, minimum: 0, maximum: 100, labels: { team: "shop" } },
    nodes,
    request: { action: "CLUSTER_SCALE_IN", count: Math.min(1, count), remaining: Math.max(0, count - 1) },
    arguments: bench.case.arguments,
  };
}
