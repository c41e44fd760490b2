import { evaluate } from "../../grammar/evaluate/evaluate.ts";
import { EvaluationError } from "../../grammar/evaluate/evaluation-error.ts";
import type { NodeChange, WaitUntilOutcome, WaitUntilRequest } from "../../workflows/activities.ts";
import type { RunWorld } from "../../workflows/run-world.ts";
import { HostFailure } from "../host/plugin-host.ts";
import type { NodeForCall } from "../store/load-nodes-for-call.ts";
import type { NodeUpdate } from "../store/update-nodes.ts";
import { statusOfRunning } from "./begun.ts";
import type { DriverTools } from "./call-tools.ts";
import { cancelled } from "./cancelled.ts";
import type { FairLimit } from "./fair-limit.ts";
import { observe } from "./operate-node.ts";

/** The records that a watch reads and keeps up to date. */
export interface WatchedRecords {
  nodes(ids: readonly string[]): Promise<readonly NodeForCall[]>;
  update(changes: readonly NodeUpdate[]): Promise<void>;
  /** All that a condition may look at, with these nodes as they were just seen. */
  world(seen: readonly NodeForCall[], changes: ReadonlyMap<string, NodeUpdate>): Promise<RunWorld>;
  /** How many items have ended, after each look. */
  show(progress: { readonly done: number; readonly failed: number; readonly total: number }): Promise<void>;
}

/** What a watch works with. */
export interface WatchTools extends DriverTools {
  /** Bounds how many looks are under way; the owner is the node's project. */
  readonly limit: FairLimit;
}

/** Looks at nodes through their drivers until each item's condition holds, the deadline is there, or `signal` is aborted. */
export class Watch {
  readonly #tools: WatchTools;
  readonly #records: WatchedRecords;
  readonly #q: WaitUntilRequest;
  readonly #ended = new Map<string, ItemOutcome>();
  readonly #changes = new Map<string, NodeChange>();
  /** Why the last look at a node told nothing. */
  readonly #faults = new Map<string, string>();

  constructor(tools: WatchTools, records: WatchedRecords, q: WaitUntilRequest) {
    this.#tools = tools;
    this.#records = records;
    this.#q = q;
  }

  async run(deadline: number, signal: AbortSignal): Promise<WaitUntilOutcome> {
    const { items, everyMs } = this.#q;
    const { clock } = this.#tools;
    for (;;) {
      await this.#look(
        items.filter((item) => !this.#ended.has(item.key)),
        signal,
      );
      if (this.#ended.size === items.length || signal.aborted) break;
      const left = deadline - clock.now();
      if (left <= 0) break;
      await clock.sleep(Math.min(everyMs, left), signal);
      if (signal.aborted) break;
    }
    return {
      items: items.map((item) => this.#ended.get(item.key) ?? this.#unmet(item, signal.aborted)),
      nodes: [...this.#changes].map(([nodeId, node]) => ({ nodeId, node })),
    };
  }

  /** One look at all nodes of these items, and at what it means for each. */
  async #look(items: WaitUntilRequest["items"], signal: AbortSignal): Promise<void> {
    const rows = await this.#records.nodes([...new Set(items.flatMap((item) => item.nodeIds))]);
    const seen = await Promise.all(
      rows.map((node) => this.#tools.limit(node.project_id, () => this.#observe(node, signal))),
    );
    const updates = seen.filter((update) => update !== null);
    await this.#records.update(updates);
    const changed = new Map(updates.map((update) => [update.nodeId, update]));
    for (const { nodeId, status, healthy } of updates) {
      this.#changes.set(nodeId, {
        ...(status === undefined ? {} : { status }),
        ...(healthy === undefined ? {} : { healthy }),
      });
    }
    const world = await this.#records.world(rows, changed);
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
    const ended = [...this.#ended.values()];
    const done = ended.filter((item) => item.met).length;
    await this.#records.show({ done, failed: ended.length - done, total: this.#q.items.length });
  }

  /**
   * What a look at a node changes in its record: `null` for nothing, also when the driver cannot tell now, and when `signal`
   * ended the look.
   */
  async #observe(node: NodeForCall, signal: AbortSignal): Promise<NodeUpdate | null> {
    this.#faults.delete(node.id);
    const q = { ...this.#q, timeoutMs: Math.max(lookTimeoutMs, this.#q.everyMs) };
    try {
      const { healthy, detail } = await observe({
        tools: this.#tools,
        q,
        node,
        long: { ...unkept, end: signal },
      });
      const reason = detail.slice(0, 1000);
      const ill = { status: node.status === "ACTIVE" ? "WARNING" : node.status, statusReason: reason };
      const seen = healthy ? statusOfRunning(node.unconfirmed, reason) : ill;
      if (healthy === node.healthy && seen.status === node.status) return null;
      return { nodeId: node.id, healthy, ...seen };
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      if (signal.aborted) return null;
      this.#faults.set(node.id, error.message);
      if (!node.healthy) return null;
      return { nodeId: node.id, healthy: false, statusReason: `not known: ${error.message}`.slice(0, 1000) };
    }
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

/** A look is never accepted to be done later. */
const unkept = { kept: null, keep: async () => {} };

/** A look that takes longer tells nothing, unless looks are that far apart anyway. */
const lookTimeoutMs = 60_000;

type ItemOutcome = WaitUntilOutcome["items"][number];
