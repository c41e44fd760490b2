import { Context } from "@temporalio/activity";
import type { Json } from "../../grammar/plan.ts";
import type { NodeOutcome, OperateRequest } from "../../workflows/activities.ts";
import { CallLeft } from "../host/plugin-host.ts";
import { claimResource } from "../store/claim-resource.ts";
import { doubtNode } from "../store/doubt-node.ts";
import { deleteNodes } from "../store/delete-nodes.ts";
import { isTimedOut } from "../store/is-timed-out.ts";
import { keepAccepted } from "../store/keep-accepted.ts";
import { loadNodesForCall, type NodeForCall } from "../store/load-nodes-for-call.ts";
import { openIntents } from "../store/open-intents.ts";
import { inTransaction } from "../store/pool.ts";
import { refreshProgress } from "../store/refresh-progress.ts";
import type { IntentRow } from "../store/rows.ts";
import { settleIntents } from "../store/settle-intents.ts";
import { type NodeUpdate, updateNodes } from "../store/update-nodes.ts";
import { statusOfRunning } from "./begun.ts";
import { callDriver, callKey } from "./call-driver.ts";
import type { CallTools } from "./call-tools.ts";
import { cancelled, isCancelled, stopsHere } from "./cancelled.ts";
import { followSignals, type KeptCall, type LongCalls } from "./long-calls.ts";
import { gone, outcomeOf } from "./node-outcome.ts";
import { statusDuring } from "./node-statuses.ts";
import { type NodeResult, operateNode } from "./operate-node.ts";
import { refused } from "./refused.ts";
import { withHeartbeat } from "./with-heartbeat.ts";

/**
 * The activity behind every operation on nodes. Intents are written before the first call and outcomes set-wise after a
 * few, so that a repeat (another worker, after this one died) finds what is done and looks for what may have been.
 */
export async function operateNodes(tools: CallTools, q: OperateRequest): Promise<readonly NodeOutcome[]> {
  const context = Context.current();
  const outcomes = new Map<string, NodeOutcome>();
  const { todo, nodes } = await begin(tools, q, outcomes);
  const begun = new BegunWriter(tools, q);
  const writer = new OutcomeWriter(tools, q, { outcomes, nodes, begun });
  const calling = { ...tools, keepBegun: (change: NodeUpdate) => begun.add(change) };
  const signals = followSignals(context, () => isTimedOut(tools.pool, q));
  const ends = await withHeartbeat(
    () =>
      Promise.allSettled(
        q.items
          .filter((item) => todo.has(item.nodeId))
          .map((item) =>
            untilFree(tools, nodes.get(item.nodeId)?.project_id ?? "", async (free) => {
              const node = nodes.get(item.nodeId);
              const intent = todo.get(item.nodeId);
              const long = followed(tools, q, item.nodeId, intent, free);
              if (stopsHere(context) && long.kept === null) return;
              const result =
                node === undefined
                  ? gone(q)
                  : await operateNode(
                      calling,
                      q,
                      node,
                      item.arguments,
                      intent?.attempts ?? 1,
                      context.cancellationSignal,
                      { ...long, ...signals },
                    );
              await writer.add(item.nodeId, result);
            }),
          ),
      ),
    () => ({ done: outcomes.size, total: q.items.length }),
  );
  await writer.flush();
  // Only now: nothing of this try may still be under way when Temporal begins the next one.
  for (const end of ends)
    if (end.status === "rejected" && !(end.reason instanceof CallLeft)) throw end.reason;
  if (stopsHere(context) && !isCancelled(context)) throw context.cancellationSignal.reason; // the worker stops: another goes on
  return q.items.map(
    (item) => outcomes.get(item.nodeId) ?? { nodeId: item.nodeId, ok: false, failure: cancelled },
  );
}

/**
 * Takes one of the places for driver calls, until the work ends or calls `free`: what a driver accepted waits outside,
 * or a few long operations would keep everything else from its turn.
 */
function untilFree(
  tools: CallTools,
  projectId: string,
  work: (free: () => void) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    void tools.limit(
      projectId,
      () =>
        new Promise<void>((free) => {
          work(free).then(resolve, reject).finally(free);
        }),
    );
  });
}

function followed(
  tools: CallTools,
  { actionId, callId }: OperateRequest,
  nodeId: string,
  intent: IntentRow | undefined,
  free: () => void,
): LongCalls {
  const kept = (intent?.accepted ?? null) as unknown as KeptCall | null; // written by keep
  if (kept !== null) free();
  return {
    kept,
    async keep(call) {
      free();
      await keepAccepted(tools.pool, { actionId, callId, nodeId, accepted: { ...call } });
    },
  };
}

/** Opens the intents; those that an earlier try settled go to `outcomes`, the others come back. */
async function begin(
  tools: CallTools,
  q: OperateRequest,
  outcomes: Map<string, NodeOutcome>,
): Promise<{ todo: Map<string, IntentRow>; nodes: Map<string, NodeForCall> }> {
  const { actionId, callId, operation } = q;
  const todo = new Map<string, IntentRow>();
  let nodes: readonly NodeForCall[] = [];
  await inTransaction(tools.pool, async (db) => {
    todo.clear();
    const intents = await openIntents(db, {
      actionId,
      callId,
      operation,
      nodeIds: q.items.map((item) => item.nodeId),
    });
    for (const intent of intents) {
      // An outcome is ours: written by settleIntents below.
      if (intent.state === "open") todo.set(intent.node_id, intent);
      else outcomes.set(intent.node_id, intent.outcome as unknown as NodeOutcome);
    }
    nodes = await loadNodesForCall(db, { actionId, nodeIds: [...todo.keys()] }); // before their keys change
    const status = statusDuring(operation, q.items[0]?.arguments);
    if (status !== null && todo.size > 0) {
      const keyed = operation === "create" || operation === "recreate";
      const held = await updateNodes(db, {
        actionId,
        changes: [...todo.keys()].map((nodeId) => ({
          nodeId,
          status,
          ...(keyed ? { createKey: callKey(q, nodeId) } : {}),
        })),
      });
      if (held === 0 && nodes.length > 0)
        throw refused("action-ended", `action ${actionId} has ended, and others work on its nodes now`);
    }
  });
  await refreshProgress(tools.pool, q);
  return { todo, nodes: new Map(nodes.map((node) => [node.id, node])) };
}

/** Writes what is begun on nodes, those that stand at the same point together, before any of it is done. */
class BegunWriter {
  readonly #tools: CallTools;
  readonly #q: OperateRequest;
  readonly #kept = new Map<string, NodeUpdate>();
  #waiting: NodeUpdate[] = [];
  #writing: Promise<void> | null = null;

  constructor(tools: CallTools, q: OperateRequest) {
    this.#tools = tools;
    this.#q = q;
  }

  /** Resolves when it is in the database. Throws when the action has ended meanwhile: then nothing may be begun. */
  async add(change: NodeUpdate): Promise<void> {
    this.#waiting.push(change);
    this.#writing ??= (async () => {
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
      this.#writing = null;
      const changes = this.#waiting;
      this.#waiting = [];
      const { actionId } = this.#q;
      const written = await updateNodes(this.#tools.pool, { actionId, changes });
      if (written === 0)
        throw refused("action-ended", `action ${actionId} has ended, and others work on its nodes now`);
      for (const each of changes) this.#kept.set(each.nodeId, each);
    })();
    await this.#writing;
  }

  /** What an update has asked of this node's machine, if any has. */
  askedOf(nodeId: string): NodeUpdate["unconfirmed"] {
    return this.#kept.get(nodeId)?.unconfirmed;
  }
}

/** Collects outcomes and writes them together: a transaction for each node would cost more than the node. */
class OutcomeWriter {
  readonly #tools: CallTools;
  readonly #q: OperateRequest;
  readonly #outcomes: Map<string, NodeOutcome>;
  readonly #nodes: ReadonlyMap<string, NodeForCall>;
  readonly #begun: BegunWriter;
  #waiting: { nodeId: string; result: NodeResult }[] = [];
  #writing: Promise<void> | null = null;
  #shown = 0;

  constructor(
    tools: CallTools,
    q: OperateRequest,
    shared: {
      readonly outcomes: Map<string, NodeOutcome>;
      readonly nodes: ReadonlyMap<string, NodeForCall>;
      readonly begun: BegunWriter;
    },
  ) {
    this.#tools = tools;
    this.#q = q;
    this.#outcomes = shared.outcomes;
    this.#nodes = shared.nodes;
    this.#begun = shared.begun;
  }

  /** Resolves when this outcome, and those that came meanwhile, are in the database. */
  async add(nodeId: string, result: NodeResult): Promise<void> {
    this.#waiting.push({ nodeId, result });
    if (this.#writing === null) {
      this.#writing = (async () => {
        await new Promise((resolve) => setTimeout(resolve, gatherMs));
        this.#writing = null;
        await this.#write();
      })();
    }
    await this.#writing;
  }

  async flush(): Promise<void> {
    await this.#write();
    await refreshProgress(this.#tools.pool, this.#q);
  }

  async #write(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    const rows = this.#q.rows ?? all.length;
    for (let from = 0; from < all.length; from += rows) await this.#writeSome(all.slice(from, from + rows));
  }

  async #writeSome(results: readonly { nodeId: string; result: NodeResult }[]): Promise<void> {
    const { actionId, callId } = this.#q;
    const outcomes = results.map(({ nodeId, result }) => ({ nodeId, outcome: outcomeOf(nodeId, result) }));
    const deleted = results
      .filter(({ result }) => result.ok && result.deleted === true)
      .map(({ nodeId }) => nodeId);
    const changes = results.flatMap(({ nodeId, result }): NodeUpdate[] =>
      "update" in result && result.update !== undefined ? [{ nodeId, ...result.update }] : [],
    );
    const written = await inTransaction(this.#tools.pool, async (db) => {
      await settleIntents(db, {
        actionId,
        callId,
        outcomes: outcomes.map(({ nodeId, outcome }) => ({
          nodeId,
          state: outcome.ok ? "done" : "failed",
          outcome: outcome as unknown as Json,
        })),
      });
      if (deleted.length > 0) await deleteNodes(db, { actionId, nodeIds: deleted });
      return await updateNodes(db, { actionId, changes });
    });
    if (written < changes.length) await Promise.all(changes.map((change) => this.#keepLate(change)));
    for (const { nodeId, outcome } of outcomes) this.#outcomes.set(nodeId, outcome);
    if (Date.now() - this.#shown > progressMs) {
      this.#shown = Date.now();
      await refreshProgress(this.#tools.pool, this.#q);
    }
  }

  /**
   * What was made for an action that has ended meanwhile, by force say, becomes its node's, or is taken away again; what was
   * changed is in doubt, whatever others have asked of the machine since.
   */
  async #keepLate({ nodeId, physicalId }: NodeUpdate): Promise<void> {
    const node = this.#nodes.get(nodeId);
    const unconfirmed = this.#begun.askedOf(nodeId);
    if (unconfirmed !== undefined) {
      const { statusReason: reason } = statusOfRunning(unconfirmed, `${this.#q.operation} ended too late`);
      await doubtNode(this.#tools.pool, { nodeId, unconfirmed, reason });
    }
    if (physicalId === undefined || physicalId === null || node === undefined) return;
    const { pool, logger } = this.#tools;
    const createKey = callKey(this.#q, nodeId);
    if (await claimResource(pool, { nodeId, createKey, physicalId })) return;
    const { actionId } = this.#q;
    logger.warn(
      { action_id: actionId, node: node.name, physicalId },
      "a resource came too late; deleting it",
    );
    await callDriver({ tools: this.#tools, q: this.#q, node }, "delete", { physicalId });
  }
}

/** Long enough that nodes which end together are written together, short beside any real operation. */
const gatherMs = 2;
const progressMs = 200;
