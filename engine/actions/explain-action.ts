import type pg from "pg";
import { renderFailure } from "../../grammar/diagnostics/source-frame.ts";
import type { Plan } from "../../grammar/plan.ts";
import type { Decision, Failure } from "../../workflows/activities.ts";
import { listApprovals } from "../store/approvals.ts";
import { findAction } from "../store/find-action.ts";
import { findPlan } from "../store/find-plan.ts";
import { type CallSummaryRow, listCallsOfAction } from "../store/list-calls.ts";
import { listEvents } from "../store/list-events.ts";
import { listHeldClusters } from "../store/list-held-clusters.ts";
import { listLockQueue } from "../store/list-lock-queue.ts";
import { listWaiting } from "../store/list-waiting.ts";
import { isId } from "../store/new-id.ts";
import { inSnapshot, type Queryable } from "../store/pool.ts";
import { findVersionOfPlan } from "../store/programs.ts";
import type { ActionRow, ApprovalRow, EventRow } from "../store/rows.ts";
import { type Place, placeAt, stepsByCall } from "./plan-places.ts";

/** Why an action is as it is, from stored facts alone. */
export interface ActionExplanation {
  readonly action: ActionRow;
  /** The version of its program that it runs; `null` when that plan was never the program's. */
  readonly version: number | null;
  /** What led to it, nearest first. */
  readonly causes: readonly CauseLink[];
  /** What it waits for now, and who is in the way. */
  readonly waiting: readonly Waiting[];
  readonly decisions: readonly (Decision & Place)[];
  readonly calls: readonly ExplainedCall[];
  readonly approvals: readonly ApprovalRow[];
  /** The failure with its line of source, ready to print. */
  readonly frame: string | null;
  /** What it and its drivers said, in order: the last hundred. */
  readonly events: readonly EventRow[];
}

/** One step back: an action, and what made it start. */
export interface CauseLink {
  readonly action_id: string;
  readonly name: string;
  readonly cause: string;
  readonly requested_by: string;
  readonly created_at: Date;
}

export interface Waiting {
  readonly for: "cluster" | "approval" | "lock" | "temporal";
  readonly text: string;
  /** Actions that are in the way, the one that holds it first. */
  readonly behind: readonly string[];
}

/** What became of a step's call. */
export interface ExplainedCall extends CallSummaryRow, Place {
  readonly undo: boolean;
}

/** Explains an action; `null` when the project has none with this id. */
export async function explainAction(
  pool: pg.Pool,
  q: { projectId: string; actionId: string },
): Promise<ActionExplanation | null> {
  const { projectId, actionId } = q;
  return await inSnapshot(pool, async (db) => {
    const action = await findAction(db, q);
    if (action === null) return null;
    const plan = await findPlan(db, { projectId, hash: action.plan_hash });
    const version =
      action.program === null
        ? null
        : await findVersionOfPlan(db, {
            projectId,
            name: action.program,
            planHash: action.plan_hash,
            until: action.created_at,
          });
    const approvals = await listApprovals(db, { projectId, actionId, state: null, marker: null, limit: 100 });
    const calls = explainCalls(plan, await listCallsOfAction(db, q));
    const failure = action.failure as Failure | null; // written by `finishAction`
    const decisions = action.decisions as unknown as readonly Decision[]; // written by `finishAction`
    return {
      action,
      version,
      causes: await causesOf(db, action),
      waiting: await waitingOf(db, action, approvals),
      decisions: decisions.map((decision) => ({ ...decision, ...placeAt(plan, decision.at) })),
      calls,
      approvals: [...approvals].reverse(),
      frame: failure === null ? null : renderFailure(plan?.files ?? [], failure),
      events: await listEvents(db, { projectId, actionId, clusterId: null, after: null, limit: 100 }),
    };
  });
}

function explainCalls(plan: Plan | null, rows: readonly CallSummaryRow[]): ExplainedCall[] {
  const find = stepsByCall(plan);
  return rows.map((row) => ({ place: row.call_id, source: null, undo: false, ...row, ...find(row.call_id) }));
}

/** The action itself, and while an event of another action led to it, that one. */
async function causesOf(db: Queryable, action: ActionRow): Promise<CauseLink[]> {
  const links: CauseLink[] = [];
  for (let at: ActionRow | null = action; at !== null && links.length < longestChain; ) {
    const { id, name, cause, requested_by, created_at } = at;
    links.push({ action_id: id, name, cause, requested_by, created_at });
    const parent = parentOf(at);
    at =
      parent === null || links.some((link) => link.action_id === parent)
        ? null
        : await findAction(db, { projectId: action.project_id, actionId: parent });
  }
  return links;
}

/** Listeners start at most five deep. */
const longestChain = 10;

/** The action whose event started this one: the engine's own events carry its id. */
function parentOf(action: ActionRow): string | null {
  if (!action.cause.startsWith("Event coppice.")) return null;
  for (const value of Object.values(action.inputs)) {
    if (typeof value !== "object" || value === null || !("action_id" in value)) continue;
    const { action_id: id } = value;
    if (typeof id === "string" && isId(id)) return id;
  }
  return null;
}

async function waitingOf(
  db: Queryable,
  action: ActionRow,
  approvals: readonly ApprovalRow[],
): Promise<Waiting[]> {
  if (action.status !== "READY" && action.status !== "RUNNING") return [];
  const projectId = action.project_id;
  if (action.status === "READY") {
    const clusters = await listHeldClusters(db, { actionId: action.id });
    const queue = await listWaiting(db, { projectId, clusterIds: clusters.map((cluster) => cluster.id) });
    const waiting = clusters.flatMap((cluster): Waiting[] => {
      const own = queue.filter((entry) => entry.cluster_id === cluster.id);
      const before = own.slice(
        0,
        own.findIndex((entry) => entry.action_id === action.id),
      );
      const behind = before.map(
        (entry) => `${entry.action} ${entry.action_id}${entry.held ? " (runs)" : ""}`,
      );
      return before.length === 0
        ? []
        : [{ for: "cluster", text: `cluster ${cluster.name}, one action at a time`, behind }];
    });
    const text = "its turn has come: a worker and Temporal will take it";
    return waiting.length > 0 ? waiting : [{ for: "temporal", text, behind: [] }];
  }
  const locks = await listLockQueue(db, { projectId, actionId: action.id });
  const own = locks.filter((entry) => entry.action_id === action.id && !entry.held);
  return [
    ...approvals
      .filter((approval) => approval.state === "open")
      .map(({ message, role, place, deadline }): Waiting => {
        const who = role === null ? "whoever may write" : `the role ${role}`;
        const text = `an approval by ${who} until ${deadline.toISOString()}: ${message} (${place})`;
        return { for: "approval", text, behind: [] };
      }),
    ...own.map((mine): Waiting => {
      const behind = locks
        .filter((entry) => entry !== mine && entry.names.some((name) => mine.names.includes(name)))
        .map((entry) => `${entry.action_name} ${entry.action_id}${entry.held ? " (holds it)" : ""}`);
      return { for: "lock", text: `the lock ${mine.names.join(", ")}`, behind };
    }),
  ];
}
