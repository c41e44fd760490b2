import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import { AccessRefusal } from "../access/access-refusal.ts";
import type { ReceiverRule } from "../actions/receiver-action.ts";
import { Refusal } from "../actions/refusal.ts";
import { type Actor, triggerReceiver } from "../actions/trigger-receiver.ts";
import { type ClusterDetail, listedClusters } from "../store/find-cluster.ts";
import { insertProjectEvent } from "../store/insert-project-event.ts";
import { findByIdentity } from "../store/list-rows.ts";
import type { ReceiverRow } from "../store/receivers.ts";
import type { QueuedMessage, Zaqar } from "./zaqar.ts";

type Permit = (actor: Actor, rule: ReceiverRule | null) => Promise<void>;

/** Claims of one round; what then still waits has its turn in the next. */
const claimsAtMost = 50;

/**
 * Starts an action for each message that waits for a receiver: `{"cluster": "web", "action": "CLUSTER_SCALE_OUT", "params":
 * {"count": 2}}`; the action may be one that a webhook can have, from Senlin, ours or the cluster's program. They wait for their turns like all actions. A message that can start none is dropped, and an event of the
 * project says why; one that comes a second time starts nothing more. Where the project has too many actions in flight,
 * or `hasRoom` says no, the rest stays in the queue. Returns the ids of the actions.
 */
export async function takeMessages(
  pool: pg.Pool,
  q: {
    readonly zaqar: Zaqar;
    readonly receiver: ReceiverRow;
    readonly queue: string;
    readonly hasRoom: () => Promise<boolean>;
    /** Refuses an action that the receiver's user may not start. */
    readonly permit: Permit;
  },
): Promise<readonly string[]> {
  const { zaqar, queue } = q;
  const started: string[] = [];
  for (let round = 0; round < claimsAtMost; round += 1) {
    const claim = await zaqar.claim(queue);
    if (claim === null) return started;
    for (const message of claim.messages) {
      const actionId = (await q.hasRoom()) ? await start(pool, q, message) : "later";
      if (actionId === "later") {
        await zaqar.release(queue, claim.id);
        return started;
      }
      if (actionId !== null) started.push(actionId);
      await zaqar.deleteMessage(queue, { id: message.id, claim: claim.id });
    }
  }
  return started;
}

/** The action; `null` when the message can start none, `later` when it can't yet. */
async function start(
  pool: pg.Pool,
  { receiver, permit }: { readonly receiver: ReceiverRow; readonly permit: Permit },
  message: QueuedMessage,
): Promise<string | "later" | null> {
  try {
    const wanted = readMessage(message.body);
    const cluster = await findCluster(pool, receiver, wanted.cluster);
    const action = await triggerReceiver(pool, {
      receiver: { ...receiver, cluster_id: cluster.id, action: wanted.action },
      inputs: wanted.params,
      key: message.id,
      name: `receiver_${receiver.id.slice(0, 8)}_${message.id.slice(0, 8)}`,
      refusesConflicts: false,
      permit,
    });
    return action.id;
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (error.kind === "too-many") return "later";
    await insertProjectEvent(pool, {
      projectId: receiver.project_id,
      level: "WARN",
      name: "receiver.message_refused",
      message: `receiver "${receiver.name}": message ${message.id} starts nothing: ${error.message}`,
      fields: { receiver_id: receiver.id, message_id: message.id },
    });
    return null;
  }
}

/** A message that waits won't be permitted later; a Keystone that can't be asked says nothing of it. */
function isRefused(error: unknown): error is Refusal | AccessRefusal {
  return error instanceof Refusal || (error instanceof AccessRefusal && error.code === "rule-denies");
}

function readMessage(body: unknown): {
  readonly cluster: string;
  readonly action: string;
  readonly params: Readonly<Record<string, Json>>;
} {
  if (!isMap(body)) throw bad('its body is no map; write {"cluster": …, "action": …, "params": {…}}');
  const { cluster, action, params = null } = body;
  if (typeof cluster !== "string" || cluster === "" || typeof action !== "string" || action === "")
    throw bad("both cluster and action must be given, as texts");
  if (params !== null && !isMap(params)) throw bad("params is no map");
  return { cluster, action, params: (params ?? {}) as Readonly<Record<string, Json>> }; // Zaqar's bodies are JSON
}

/** Of the receiver's own user: another's cluster isn't touched, as by a webhook. */
async function findCluster(pool: pg.Pool, receiver: ReceiverRow, identity: string): Promise<ClusterDetail> {
  const scope = { projectId: receiver.project_id };
  const found = await findByIdentity<ClusterDetail>(pool, listedClusters, { scope, identity });
  if (found.kind === "several") throw bad(`several clusters are called "${identity}"`);
  if (found.kind === "none") throw bad(`there is no cluster "${identity}"`);
  const owner = found.row.user_id;
  if (owner !== "" && owner !== receiver.user_id) throw bad(`cluster "${identity}" is another user's`);
  return found.row;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const bad = (message: string) => new Refusal("invalid", "bad-message", message);
