import { defineDriver, type PolicyCall, type PolicyDecision } from "coppice/sdk";

interface Arguments {
  readonly least: number;
}

/** Decides from the call alone: no clock, no chance, nothing kept. The same question gets the same answer. */
function decide({ cluster, nodes, arguments: { least } }: PolicyCall<Arguments>): PolicyDecision {
  const spare = cluster.size - least;
  if (spare <= 0) return { deny: `${cluster.name} has ${cluster.size} nodes, and ${least} must be left` };
  const inOrder = [...nodes].sort(
    (a, b) => Number(a.healthy) - Number(b.healthy) || a.created_at - b.created_at || a.index - b.index,
  );
  return { limit: spare, choose: inOrder.map(({ id }) => id) };
}

export default defineDriver({
  contract: 1,
  policies: { oldest_first: { decide: (_host, call: PolicyCall<Arguments>) => decide(call) } },
});
