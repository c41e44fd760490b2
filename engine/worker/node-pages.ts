import type { NodeView } from "../../grammar/world.ts";
import type { NodePage } from "../../workflows/activities.ts";
import { listNodesForRun } from "../store/list-nodes-for-run.ts";
import type { Queryable } from "../store/pool.ts";
import { toNodeView } from "../store/views.ts";

/** Temporal refuses payloads from 2 MB on; a page stays well below, whatever the nodes carry. */
const pageBytes = 1_000_000;
const pageNodes = 4000;

/** One page of the nodes of the clusters that an action holds; `after` is an earlier page's `next`, `null` for the first. */
export async function readNodePage(
  db: Queryable,
  q: { actionId: string; after: string | null },
): Promise<NodePage> {
  const after = q.after === null ? null : parsePlace(q.after);
  const rows = await listNodesForRun(db, { actionId: q.actionId, after, limit: pageNodes + 1 });
  const nodes: NodeView[] = [];
  let bytes = 0;
  for (const row of rows) {
    const node = toNodeView(row);
    bytes += Buffer.byteLength(JSON.stringify(node));
    if (nodes.length > 0 && (bytes > pageBytes || nodes.length === pageNodes)) break;
    nodes.push(node);
  }
  const last = nodes.at(-1);
  const next = last !== undefined && nodes.length < rows.length ? `${last.clusterId}:${last.index}` : null;
  return { nodes, next };
}

function parsePlace(text: string): { clusterId: string; index: number } {
  const [clusterId = "", index = ""] = text.split(":");
  return { clusterId, index: Number(index) };
}
