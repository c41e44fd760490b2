import type pg from "pg";
import { suggest } from "../../grammar/diagnostics/suggest.ts";
import type { Json, Plan, PlanAction } from "../../grammar/plan.ts";
import { findCluster } from "../store/find-cluster.ts";
import { findNode, findNodes } from "../store/list-nodes.ts";
import type { ClusterRow } from "../store/rows.ts";
import {
  clusterActions,
  type OwnClusterActionName,
  ownClusterActionNames as ownNames,
} from "./cluster-action-names.ts";
import { findProfileLike } from "./find-profile-like.ts";
import { planOfCluster } from "./plan-of-cluster.ts";
import { readInputs } from "./read-inputs.ts";
import { Refusal } from "./refusal.ts";

/** An action that a receiver can start on its cluster. */
export interface ReceiverAction {
  /** `CLUSTER_SUSPEND`; `roll` of the cluster's program. */
  readonly name: string;
  readonly action: PlanAction;
  /** What permits it, beside what permits receivers; `null` of Senlin's, for which that is enough. */
  readonly rule: ReceiverRule | null;
  /** The parameter that is the receiver's cluster; `null` when the action's text names the cluster. */
  readonly clusterParameter: string | null;
}

export type ReceiverRule = `clusters:action:${OwnClusterActionName}` | "actions:create";

type Data = Readonly<Record<string, Json>>;

/**
 * The action of a receiver, by name: one of Senlin's, one of our own (`suspend`, or `CLUSTER_SUSPEND` as actions show it),
 * or one of the cluster's program which takes the cluster as its first one, or names it. Throws `Refusal` for others.
 */
export function receiverAction(
  plan: Plan,
  cluster: Pick<ClusterRow, "name">,
  wanted: string,
): ReceiverAction {
  const found = find(plan, cluster, wanted);
  if (found !== null) return found;
  const own = Object.keys(plan.actions).filter((name) => ofProgram(plan, cluster, name) !== null);
  const names = [
    ...own,
    ...clusterActions.filter((name) => name !== "CLUSTER_CREATE"),
    ...Object.keys(ownNames),
  ];
  const near = suggest(wanted, names);
  throw new Refusal(
    "invalid",
    "unknown-receiver-action",
    `"${wanted}" is no action on cluster "${cluster.name}" that a receiver can start`,
    near === undefined ? `it can start: ${names.join(", ")}` : `did you mean "${near}"?`,
  );
}

function find(plan: Plan, cluster: Pick<ClusterRow, "name">, wanted: string): ReceiverAction | null {
  const program = ofProgram(plan, cluster, wanted);
  if (program !== null) return program;
  const own = Object.entries(ownNames).find(([name, action]) => name === wanted || action === wanted);
  if (own !== undefined) {
    const [word, name] = own as [OwnClusterActionName, string]; // entries widen its keys
    return builtin(plan, name, `clusters:action:${word}`);
  }
  const isSenlins = clusterActions.some((name) => name === wanted && name !== "CLUSTER_CREATE");
  return isSenlins ? builtin(plan, wanted, null) : null;
}

function builtin(plan: Plan, name: string, rule: ReceiverRule | null): ReceiverAction | null {
  const action = Object.hasOwn(plan.actions, name) ? plan.actions[name] : undefined;
  if (action === undefined) return null;
  return { name, action, rule, clusterParameter: action.clusterParameters[0] ?? null };
}

function ofProgram(plan: Plan, cluster: Pick<ClusterRow, "name">, name: string): ReceiverAction | null {
  const action = Object.hasOwn(plan.actions, name) ? plan.actions[name] : undefined;
  if (action === undefined || action.builtin || action.trigger) return null;
  const [clusterParameter = null] = action.clusterParameters;
  if (clusterParameter === null && !action.clusterNames.includes(cluster.name)) return null;
  return { name, action, rule: "actions:create", clusterParameter };
}

/**
 * The same as a receiver is made or changed: of what Senlin lacks the params that are given must be inputs of the action,
 * well typed; what it needs beside them may come with each request.
 */
export async function expectReceivable(
  pool: pg.Pool,
  q: {
    cluster: Pick<ClusterRow, "project_id" | "program" | "name" | "profile_id">;
    action: string;
    params: Data;
  },
): Promise<ReceiverAction> {
  const { cluster, params } = q;
  const projectId = cluster.project_id;
  const found = receiverAction(await planOfCluster(pool, cluster), cluster, q.action);
  if (found.rule === null) return found;
  const others = found.action.parameters.filter(({ name }) => name !== found.clusterParameter);
  await readInputs(
    {
      actionName: found.name,
      action: { ...found.action, parameters: others },
      given: await inputsOfReceiver(pool, { cluster, found, given: params }),
      partial: true,
    },
    {
      cluster: (idOrName) => findCluster(pool, { projectId, idOrName }),
      node: (idOrName) => findNode(pool, { projectId, idOrName }),
      nodes: (ids) => findNodes(pool, { projectId, ids }),
    },
  );
  return found;
}

/**
 * What a receiver was given, as the action's inputs. Clients write params as text (`count=2`): digits become numbers, and
 * true and false truth values, where the action takes such; a profile comes by any identity, as in requests.
 */
export async function inputsOfReceiver(
  pool: pg.Pool,
  q: { cluster: Pick<ClusterRow, "project_id" | "profile_id">; found: ReceiverAction; given: Data },
): Promise<Record<string, Json>> {
  const { cluster, found } = q;
  const types = new Map(found.action.parameters.map(({ name, type }) => [name, type]));
  const typed = Object.entries(q.given).map(([name, value]) => [name, asType(types.get(name) ?? "", value)]);
  const { profile_id: identity, ...inputs } = Object.fromEntries(typed) as Record<string, Json>;
  if (identity === undefined) return inputs;
  if (found.name !== ownNames.blue_green || typeof identity !== "string")
    return { ...inputs, profile_id: identity };
  const scope = { projectId: cluster.project_id };
  const { id } = await findProfileLike(pool, cluster, { scope, identity, kind: "cluster" });
  return { ...inputs, new_profile_id: id };
}

function asType(type: string, value: Json): Json {
  if (typeof value !== "string") return value;
  if (/^(Int|Float)\b/.test(type) && /^[+-]?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (/^Bool\b/.test(type) && /^(true|false)$/.test(value)) return value === "true";
  return value;
}
