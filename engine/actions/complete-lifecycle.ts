import { completeLifecycle as complete } from "../store/lifecycles.ts";
import type { Queryable } from "../store/pool.ts";

/**
 * Says that a node which is to go may go now: `token` is the `lifecycle_action_token` of the message about it. Only a token
 * that waits in this project, and cluster if one is named, counts; a repeat changes nothing. `projectId` is `null` for
 * someone who may act in every project. Returns whether anyone waited.
 */
export async function completeLifecycle(
  db: Queryable,
  q: { readonly token: string; readonly projectId: string | null; readonly clusterId?: string },
): Promise<boolean> {
  return await complete(db, { token: q.token, projectId: q.projectId, clusterId: q.clusterId ?? null });
}
