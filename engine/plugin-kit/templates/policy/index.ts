import { defineDriver, type PolicyCall, type PolicyDecision } from "coppice/sdk";
import type manifest from "./.coppice/manifest.ts";

/** Decides from the call alone: no clock, no chance, nothing kept. The same question gets the same answer. */
function decide({
  cluster,
  nodes,
  arguments: { least },
}: PolicyCall<{ readonly least: number }>): PolicyDecision {
  const spare = cluster.size - least;
  if (spare <= 0) return { deny: `${cluster.name} has ${cluster.size} nodes, and ${least} must be left` };
  const inOrder = [...nodes].sort(
    (a, b) => Number(a.healthy) - Number(b.healthy) || a.created_at - b.created_at || a.index - b.index,
  );
  return { limit: spare, choose: inOrder.map(({ id }) => id) };
}

export default defineDriver<typeof manifest>()({
  contract: 1,
  policies: { oldest_first: { decide: (_host, call) => decide(call) } },
});
