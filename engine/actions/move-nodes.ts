import type pg from "pg";
import { pythonText } from "../specs/python-text.ts";
import { findSeveral } from "../store/find-several.ts";
import { listedNodes } from "../store/list-nodes.ts";
import type { Scope } from "../store/list-rows.ts";
import { findSpecType, loadNodeFacts, type NodeFacts } from "../store/load-node-facts.ts";
import type { ClusterRow } from "../store/rows.ts";
import type { RequestLimits } from "./limits.ts";
import { Refusal } from "./refusal.ts";
import type { Wanted } from "./request-action.ts";
import { sizeProblem } from "./sizes.ts";

/** CLUSTER_ADD_NODES of nodes that are there, orphans, ACTIVE and of the cluster's type; all faults are told at once. */
export async function additionOfNodes(
  db: pg.PoolClient,
  cluster: ClusterRow,
  q: { scope: Scope; identities: readonly string[]; limits: RequestLimits },
): Promise<Wanted> {
  const { missing, nodes } = await findNodes(db, q);
  const specType = await findSpecType(db, { profileId: cluster.profile_id });
  const ids = (wrong: (node: NodeFacts) => boolean) => nodes.filter(wrong).map(({ id }) => id);
  refuse([
    [
      ids((n) => n.spec_type !== specType),
      (l) => `Profile type of nodes ${l} does not match that of the cluster.`,
    ],
    [ids((n) => n.cluster_id !== null), (l) => `Nodes ${l} already owned by some cluster.`],
    [ids((n) => n.status !== "ACTIVE"), (l) => `Nodes are not ACTIVE: ${l}.`],
    [missing, (l) => `Nodes not found: ${l}.`],
  ]);
  expectSize(cluster, cluster.desired_capacity + nodes.length, q.limits);
  return { action: "CLUSTER_ADD_NODES", inputs: { nodes: nodes.map(({ id }) => id) } };
}

/** CLUSTER_DEL_NODES of members on which no other node depends. */
export async function removalOfNodes(
  db: pg.PoolClient,
  cluster: ClusterRow,
  q: { identities: readonly string[]; destroy: boolean | undefined; limits: RequestLimits },
): Promise<Wanted> {
  const scope = { projectId: cluster.project_id };
  const { missing, nodes } = await findNodes(db, { ...q, scope });
  const strangers = nodes.filter((node) => node.cluster_id !== cluster.id).map(({ id }) => id);
  const members = nodes.filter((node) => node.cluster_id === cluster.id);
  const needed = members.filter((node) => (node.dependents["nodes"] ?? null) !== null).map(({ id }) => id);
  if (needed.length > 0) {
    const listed = pythonText(needed);
    throw new Refusal(
      "conflict",
      "ResourceInUse",
      `The node '${listed}' cannot be deleted: nodes ${listed} are depended by other nodes, so can't be deleted or become orphan nodes.`,
    );
  }
  refuse([
    [missing, (l) => `Nodes not found: ${l}.`],
    [strangers, (l) => `Nodes not members of specified cluster: ${l}.`],
  ]);
  expectSize(cluster, cluster.desired_capacity - members.length, q.limits);
  const candidates = members.map(({ id }) => id);
  const destroy = q.destroy === undefined ? {} : { destroy_after_deletion: q.destroy };
  return {
    action: "CLUSTER_DEL_NODES",
    inputs: { candidates, ...destroy },
    shown: { candidates, count: candidates.length, ...destroy },
  };
}

/** CLUSTER_REPLACE_NODES of members by orphans that may join. */
export async function replacementOfNodes(
  db: pg.PoolClient,
  cluster: ClusterRow,
  q: { scope: Scope; pairs: Readonly<Record<string, string>> },
): Promise<Wanted> {
  const pairs = Object.entries(q.pairs);
  const olds = await findNodes(db, {
    scope: { projectId: cluster.project_id },
    identities: pairs.map(([old]) => old),
  });
  const news = await findNodes(db, { scope: q.scope, identities: pairs.map(([, by]) => by) });
  const specType = await findSpecType(db, { profileId: cluster.profile_id });
  const lost = new Set(olds.missing);
  const rest = pairs.filter(([old]) => !lost.has(old));
  const known = rest.filter(([, by]) => !news.missing.includes(by));
  const newOnes = (wrong: (node: NodeFacts) => boolean) =>
    known.filter(([, by]) => wrong(news.named.get(by)!)).map(([, by]) => by);
  const strangers = known
    .filter(([old]) => olds.named.get(old)?.cluster_id !== cluster.id)
    .map(([old]) => old);
  refuse([
    [
      strangers,
      (l) => `The specified nodes ${l} to be replaced are not members of the cluster ${cluster.id}.`,
    ],
    [newOnes((n) => n.cluster_id !== null), (l) => `Nodes ${l} already member of a cluster.`],
    [newOnes((n) => n.status !== "ACTIVE"), (l) => `Nodes are not ACTIVE: ${l}.`],
    [
      newOnes((n) => n.spec_type !== specType),
      (l) => `Profile type of nodes ${l} do not match that of the cluster.`,
    ],
    [olds.missing, (l) => `Original nodes not found: ${l}.`],
    [
      rest.map(([, by]) => by).filter((by) => news.missing.includes(by)),
      (l) => `Replacement nodes not found: ${l}.`,
    ],
  ]);
  const candidates = known.map(([old, by]) => [olds.named.get(old)!.id, news.named.get(by)!.id]);
  return { action: "CLUSTER_REPLACE_NODES", inputs: { candidates: Object.fromEntries(candidates) } };
}

async function findNodes(db: pg.PoolClient, q: { scope: Scope; identities: readonly string[] }) {
  const found = await findSeveral(db, listedNodes, q);
  const facts = await loadNodeFacts(db, { ids: found.flatMap(({ id }) => id ?? []) });
  const named = new Map(
    found.flatMap(({ identity, id }) => {
      const node = id === null ? undefined : facts.get(id);
      return node === undefined ? [] : [[identity, node] as const];
    }),
  );
  const missing = q.identities.filter((identity) => !named.has(identity));
  return { named, missing, nodes: [...named.values()] };
}

/** One line for each kind of fault that there is. */
function refuse(faults: readonly (readonly [readonly string[], (listed: string) => string])[]): void {
  const lines = faults.filter(([of]) => of.length > 0).map(([of, say]) => say(pythonText(of)));
  if (lines.length > 0) throw new Refusal("invalid", "bad-nodes", lines.join("\n"));
}

function expectSize(cluster: ClusterRow, desired: number, { maximumNodes }: RequestLimits): void {
  const wanted = { desired, minimum: null, maximum: null, strict: true, maximumNodes };
  const problem = sizeProblem(cluster, wanted);
  if (problem !== null) throw new Refusal("invalid", "bad-sizes", problem);
}
