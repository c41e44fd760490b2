import { Context } from "@temporalio/activity";
import { evaluate } from "../../grammar/evaluate/evaluate.ts";
import { EvaluationError } from "../../grammar/evaluate/evaluation-error.ts";
import type { NodeChange, WaitUntilOutcome, WaitUntilRequest } from "../../workflows/activities.ts";
import { RunWorld } from "../../workflows/run-world.ts";
import { HostFailure } from "../host/plugin-host.ts";
import { listHeldClusters } from "../store/list-held-clusters.ts";
import { loadNodesForCall, type NodeForCall } from "../store/load-nodes-for-call.ts";
import { loadProfiles } from "../store/load-profiles.ts";
import { setProgress } from "../store/set-progress.ts";
import { type NodeUpdate, updateNodes } from "../store/update-nodes.ts";
import { toClusterView, toNodeView } from "../store/views.ts";
import type { CallTools } from "./call-tools.ts";
import { cancelled, isCancelled, stopsHere } from "./cancelled.ts";
import { observe } from "./operate-node.ts";
import { withHeartbeat } from "./with-heartbeat.ts";

/**
 * The activity behind `wait until`: looks at the nodes through their drivers, evaluates each item's condition, and does
 * so again until all hold or the time is over. Looking here and not from the workflow keeps a long wait at three
 * history events. The deadline counts from the first try, also after a lost worker.
 */
export async function waitUntil(tools: CallTools, q: WaitUntilRequest): Promise<WaitUntilOutcome> {
  const context = Context.current();
  const startedAt = context.info.scheduledTimestampMs;
  return await withHeartbeat(() => new Watch(tools, q).run(context, startedAt + q.withinMs));
}

type ItemOutcome = WaitUntilOutcome["items"][number];

class Watch {
  readonly #tools: CallTools;
  readonly #q: WaitUntilRequest;
  readonly #ended = new Map<string, ItemOutcome>();
  readonly #changes = new Map<string, NodeChange>();
  /** Why the last look at a node told nothing. */
  readonly #faults = new Map<string, string>();

  constructor(tools: CallTools, q: WaitUntilRequest) {
    this.#tools = tools;
    this.#q = q;
  }

  async run(context: Context, deadline: number): Promise<WaitUntilOutcome> {
    const { items, everyMs } = this.#q;
    for (;;) {
      await this.#look(items.filter((item) => !this.#ended.has(item.key)));
      if (this.#ended.size === items.length || stopsHere(context)) break;
      const left = deadline - Date.now();
      if (left <= 0) break;
      await pause(Math.min(everyMs, left), context.cancellationSignal);
      if (stopsHere(context)) break;
    }
    if (stopsHere(context) && !isCancelled(context)) throw context.cancellationSignal.reason; // another worker goes on
    return {
      items: items.map((item) => this.#ended.get(item.key) ?? this.#unmet(item, isCancelled(context))),
      nodes: [...this.#changes].map(([nodeId, node]) => ({ nodeId, node })),
    };
  }

  /** One look at all nodes of these items, and at what it means for each. */
  async #look(items: WaitUntilRequest["items"]): Promise<void> {
    const { actionId } = this.#q;
    const { pool, limit } = this.#tools;
    const nodeIds = [...new Set(items.flatMap((item) => item.nodeIds))];
    const rows = await loadNodesForCall(pool, { actionId, nodeIds });
    const seen = await Promise.all(rows.map((node) => limit(() => this.#observe(node))));
    const updates = seen.filter((update) => update !== null);
    await updateNodes(pool, { actionId, changes: updates });
    const changed = new Map(updates.map((update) => [update.nodeId, update]));
    for (const { nodeId, status, healthy } of updates) {
      this.#changes.set(nodeId, {
        ...(status === undefined ? {} : { status }),
        ...(healthy === undefined ? {} : { healthy }),
      });
    }
    const world = await this.#world(rows);
    world.addNodes(rows.map((row) => ({ ...toNodeView(row), ...pick(changed.get(row.id)) })));
    for (const item of items) {
      const outcome = this.#judge(item, world);
      if (outcome !== null) this.#ended.set(item.key, outcome);
    }
    await this.#show();
  }

  #unmet(item: WaitUntilRequest["items"][number], wasCancelled: boolean): ItemOutcome {
    if (wasCancelled) return { key: item.key, met: false, failure: cancelled };
    const fault = item.nodeIds.map((id) => this.#faults.get(id)).find((found) => found !== undefined);
    if (fault === undefined) return { key: item.key, met: false };
    const message = `the condition did not hold within ${this.#q.withinMs / 1000} s; the last look failed: ${fault}`;
    return { key: item.key, met: false, failure: { code: "timed-out", message } };
  }

  async #show(): Promise<void> {
    const { actionId, callId, place, items } = this.#q;
    const ended = [...this.#ended.values()];
    const done = ended.filter((item) => item.met).length;
    const step = callId.slice(0, callId.lastIndexOf("-"));
    const progress = {
      step,
      operation: "wait until",
      place,
      done,
      failed: ended.length - done,
      total: items.length,
    };
    await setProgress(this.#tools.pool, { actionId, progress });
  }

  /** What a look at a node changes in its record: `null` for nothing, also when the driver cannot tell now. */
  async #observe(node: NodeForCall): Promise<NodeUpdate | null> {
    this.#faults.delete(node.id);
    const q = { ...this.#q, timeoutMs: Math.max(lookTimeoutMs, this.#q.everyMs) };
    try {
      const { healthy, detail } = await observe({ tools: this.#tools, q, node });
      const status = healthy ? "ACTIVE" : node.status === "ACTIVE" ? "WARNING" : node.status;
      if (healthy === node.healthy && status === node.status) return null;
      return { nodeId: node.id, healthy, status, statusReason: detail.slice(0, 1000) };
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      this.#faults.set(node.id, error.message);
      if (!node.healthy) return null;
      return { nodeId: node.id, healthy: false, statusReason: `not known: ${error.message}`.slice(0, 1000) };
    }
  }

  async #world(rows: readonly NodeForCall[]): Promise<RunWorld> {
    const { actionId } = this.#q;
    const clusters = await listHeldClusters(this.#tools.pool, { actionId });
    const profileIds = [
      ...new Set([...rows.map((row) => row.profile_id), ...clusters.map((c) => c.profile_id)]),
    ];
    const profiles = await loadProfiles(this.#tools.pool, { actionId, profileIds });
    return new RunWorld({
      clusters: clusters.map(toClusterView),
      clusterIds: Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster.id])),
      profiles: Object.fromEntries(profiles.map((profile) => [profile.id, profile.properties])),
    });
  }

  /** `null`: not yet. */
  #judge(item: WaitUntilRequest["items"][number], world: RunWorld): ItemOutcome | null {
    const scope = { values: new Map(Object.entries(item.variables)), parent: null };
    try {
      return evaluate(this.#q.condition, scope, world) === true ? { key: item.key, met: true } : null;
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      const { code, message, at } = error;
      return { key: item.key, met: false, failure: { code, message, at } };
    }
  }
}

/** A look that takes longer tells nothing, unless looks are that far apart anyway. */
const lookTimeoutMs = 60_000;

function pick(update: NodeUpdate | undefined): { status?: string; healthy?: boolean } {
  return {
    ...(update?.status === undefined ? {} : { status: update.status }),
    ...(update?.healthy === undefined ? {} : { healthy: update.healthy }),
  };
}

/** Waits, or less when the run is cancelled meanwhile. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
