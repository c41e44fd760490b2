import type pg from "pg";
import { Refusal } from "../actions/refusal.ts";
import {
  countRecoveries,
  findListeningNode,
  keepHealthChecks,
  type ListeningNode,
  noteHealthFault,
} from "../store/health-checks.ts";
import { insertProjectEvent } from "../store/insert-project-event.ts";
import { askRecovery, planOfWatched, recoveryKey } from "./ask-recovery.ts";
import { readHealthPolicy } from "./health-policy.ts";
import type { InstanceEvent } from "./instance-event.ts";
import { isMassFailure, massFault } from "./mass-failure.ts";

/** After which a server doesn't serve any more (senlin: engine/notifications/nova_endpoint.py; there without `delete.end`). */
const failures: ReadonlySet<string> = new Set([
  "delete.end",
  "pause.end",
  "power_off.end",
  "rebuild.error",
  "shutdown.end",
  "soft_delete.end",
]);

/** Of nodes in which we ourselves stop a server, or delete it. */
const meant: ReadonlySet<string> = new Set(["DELETING", "SUSPENDING", "SUSPENDED"]);

/** What was made of an event: `ignored` when no node is behind it, or when it is our own work that it tells of. */
export type Heeded = "ignored" | "recovery" | "fault";

/**
 * Has the node recovered that a failed server stands for, where a health policy listens to events. The node is looked at
 * once more when its turn comes: an event that is old by then, or tells of what an action of ours did, changes nothing.
 * When most of a cluster fails within a minute, the rest isn't recovered.
 */
export async function heedInstanceEvent(pool: pg.Pool, q: InstanceEvent): Promise<Heeded> {
  if (!failures.has(q.event)) return "ignored";
  const found = await findListeningNode(pool, { physicalId: q.instanceId });
  if (found === null || meant.has(found.status)) return "ignored";
  const { cluster_id: clusterId, node_id: nodeId } = found;
  const recent = await countRecoveries(pool, { clusterId, nodeId, prefix: recoveryKey, seconds: 60 });
  const counts = { ill: recent.others + 1, nodes: recent.nodes };
  if (isMassFailure(counts)) return await tell(pool, found, massFault({ ...counts, some: true }));
  const plan = await planOfWatched(pool, found);
  if (plan === null) return await tell(pool, found, `program ${found.program} is gone`);
  try {
    const policy = readHealthPolicy(found.arguments);
    await askRecovery(pool, { cluster: found, policy, plan, nodeId, check: true });
    return "recovery";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return await tell(pool, found, `${found.node_name} can't be recovered: ${error.message}`);
  }
}

/** Once, until a look finds the cluster in order. */
async function tell(pool: pg.Pool, found: ListeningNode, fault: string): Promise<"fault"> {
  await keepHealthChecks(pool);
  if (await noteHealthFault(pool, { bindingId: found.binding_id, fault }))
    await insertProjectEvent(pool, {
      projectId: found.project_id,
      level: "WARN",
      name: "health.fault",
      message: `cluster ${found.cluster_name}: ${fault}`,
      fields: { cluster_id: found.cluster_id },
    });
  return "fault";
}
