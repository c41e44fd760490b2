import pLimit from "p-limit";
import type { Json } from "../../grammar/plan.ts";
import { HostFailure } from "../host/plugin-host.ts";
import { loadNodesToAsk, type NodeToAsk } from "../store/load-node-to-ask.ts";
import type { Queryable } from "../store/pool.ts";
import type { NodeRow } from "../store/rows.ts";
import type { PluginQuestions } from "./ask-plugins.ts";
import { profileTypeOf } from "./profile-operation.ts";

/** Drivers that are asked at once. */
const atOnce = 16;

/**
 * What drivers say of nodes' resources, by the node's id; those without a resource are left out. A driver without
 * `details` tells how the resource is. What goes wrong stands in the node's own answer, as `Error`.
 */
export async function lookAtNodes(
  db: Queryable,
  questions: Pick<PluginQuestions, "ofNode">,
  nodes: readonly Pick<NodeRow, "id" | "physical_id">[],
): Promise<ReadonlyMap<string, Json>> {
  const ids = nodes.filter((node) => node.physical_id !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const toAsk = await loadNodesToAsk(db, { scope: { projectId: null }, ids });
  const operations = new Map<string, string>();
  for (const profileId of new Set(toAsk.map((node) => node.profile_id))) {
    const { schema } = await profileTypeOf(db, { profileId });
    operations.set(profileId, schema.operations["details"] === undefined ? "get" : "details");
  }
  const limit = pLimit(atOnce);
  const look = async (node: NodeToAsk) =>
    [node.id, await ask(questions, node, operations.get(node.profile_id) ?? "get")] as const;
  return new Map(await Promise.all(toAsk.map((node) => limit(() => look(node)))));
}

async function ask(
  questions: Pick<PluginQuestions, "ofNode">,
  node: NodeToAsk,
  operation: string,
): Promise<Json> {
  try {
    return await questions.ofNode(node, operation);
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    return { Error: { code: error.code, message: error.message } };
  }
}
