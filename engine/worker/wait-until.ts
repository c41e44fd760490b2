import { Context } from "@temporalio/activity";
import type { WaitUntilOutcome, WaitUntilRequest } from "../../workflows/activities.ts";
import { stepIdOf } from "../../workflows/call-id.ts";
import { RunWorld } from "../../workflows/run-world.ts";
import { listHeldClusters } from "../store/list-held-clusters.ts";
import { loadNodesForCall } from "../store/load-nodes-for-call.ts";
import { loadProfiles } from "../store/load-profiles.ts";
import { setProgress } from "../store/set-progress.ts";
import { type NodeUpdate, updateNodes } from "../store/update-nodes.ts";
import { toClusterView, toNodeView } from "../store/views.ts";
import type { CallTools } from "./call-tools.ts";
import { isCancelled, stopsHere } from "./cancelled.ts";
import { Watch, type WatchedRecords } from "./watch.ts";
import { withHeartbeat } from "./with-heartbeat.ts";

/**
 * The activity behind `wait until`: looks at the nodes through their drivers, evaluates each item's condition, and does
 * so again until all hold or the time is over. Looking here and not from the workflow keeps a long wait at three
 * history events. The deadline counts from the first try, also after a lost worker.
 */
export async function waitUntil(tools: CallTools, q: WaitUntilRequest): Promise<WaitUntilOutcome> {
  const context = Context.current();
  const deadline = context.info.scheduledTimestampMs + q.withinMs;
  const watch = new Watch(tools, storedRecords(tools, q), q);
  const outcome = await withHeartbeat(() => watch.run(deadline, context.cancellationSignal));
  if (stopsHere(context) && !isCancelled(context)) throw context.cancellationSignal.reason; // another worker goes on
  return outcome;
}

function storedRecords({ pool }: CallTools, q: WaitUntilRequest): WatchedRecords {
  const { actionId, callId, place } = q;
  return {
    nodes: (nodeIds) => loadNodesForCall(pool, { actionId, nodeIds }),
    update: async (changes) => {
      await updateNodes(pool, { actionId, changes });
    },
    async world(rows, changed) {
      const clusters = await listHeldClusters(pool, { actionId });
      const profileIds = [
        ...new Set([...rows.map((row) => row.profile_id), ...clusters.map((c) => c.profile_id)]),
      ];
      const profiles = await loadProfiles(pool, { actionId, profileIds });
      const start = {
        clusters: clusters.map(toClusterView),
        clusterIds: Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster.id])),
        profiles: Object.fromEntries(profiles.map((profile) => [profile.id, profile.properties])),
      };
      const world = new RunWorld(start, Date.now);
      world.addNodes(rows.map((row) => ({ ...toNodeView(row), ...pick(changed.get(row.id)) })));
      return world;
    },
    async show(counts) {
      const step = stepIdOf(callId);
      await setProgress(pool, { actionId, progress: { step, operation: "wait until", place, ...counts } });
    },
  };
}

function pick(update: NodeUpdate | undefined): { status?: string; healthy?: boolean } {
  return {
    ...(update?.status === undefined ? {} : { status: update.status }),
    ...(update?.healthy === undefined ? {} : { healthy: update.healthy }),
  };
}
