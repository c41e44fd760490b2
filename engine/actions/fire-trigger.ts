import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import { findAction, findActionByRequestKey } from "../store/find-action.ts";
import { findPlan } from "../store/find-plan.ts";
import { inTransaction } from "../store/pool.ts";
import type { ActionRow } from "../store/rows.ts";
import { lockTrigger, noteTrigger, type TriggerRow } from "../store/triggers.ts";
import { Refusal } from "./refusal.ts";
import { submitInTransaction } from "./submit-action.ts";

/** What came of a trigger: the action that it started, or why it started none. */
export type Fired =
  | { readonly action: ActionRow; readonly note: null }
  | { readonly action: null; readonly note: string };

/** What makes a trigger start its action. */
export interface Firing {
  readonly triggerId: string;
  /** The schedule's id with its nominal time, or the event's id: a repeat with it starts nothing more. */
  readonly requestKey: string;
  /** `Event nova.instance_deleted`; `Schedule every_fri_18_00` when left out. */
  readonly cause?: string;
  readonly inputs: Readonly<Record<string, Json>>;
  /** How many listeners stand between the action and what people or clocks began. */
  readonly depth: number;
  /** A person asked for it: a schedule's own rules (paused, one at a time) don't count. */
  readonly requestedBy: string | null;
}

/**
 * Starts the action of a trigger, once for each `requestKey`. A schedule whose last action still waits or runs starts
 * none (overlaps are skipped), nor does one that is paused. What stood in the way is kept with the trigger.
 */
export async function fireTrigger(pool: pg.Pool, firing: Firing): Promise<Fired> {
  try {
    return await inTransaction(pool, (db) => fireInTransaction(db, firing));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await noteTrigger(pool, { id: firing.triggerId, actionId: null, note: error.message, ended: false });
    throw error;
  }
}

/** The same inside a transaction of the caller's; throws `Refusal` when the action is refused. */
export async function fireInTransaction(db: pg.PoolClient, firing: Firing): Promise<Fired> {
  const trigger = await lockTrigger(db, { id: firing.triggerId });
  if (trigger === null) return { action: null, note: "the program has dropped this trigger" };
  const { project_id: projectId, name } = trigger;
  const before = await findActionByRequestKey(db, { projectId, requestKey: firing.requestKey });
  if (before !== null) return { action: before, note: null };
  const hindrance = await hindranceOf(db, trigger, firing);
  if (hindrance !== null) {
    await noteTrigger(db, {
      id: trigger.id,
      actionId: null,
      note: hindrance,
      ended: endsBy(trigger, firing),
    });
    return { action: null, note: hindrance };
  }
  const plan = await findPlan(db, { projectId, hash: trigger.plan_hash });
  if (plan === null) throw new Error(`plan ${trigger.plan_hash} of trigger ${name} is gone`);
  const action = await submitInTransaction(db, {
    projectId,
    program: trigger.program,
    plan,
    action: name,
    inputs: firing.inputs,
    requestedBy: firing.requestedBy ?? trigger.applied_by,
    cause: firing.cause ?? `Schedule ${name}`,
    requestKey: firing.requestKey,
    depth: firing.depth,
  });
  await noteTrigger(db, { id: trigger.id, actionId: action.id, note: null, ended: endsBy(trigger, firing) });
  return { action, note: null };
}

async function hindranceOf(db: pg.PoolClient, trigger: TriggerRow, firing: Firing): Promise<string | null> {
  if (firing.requestedBy !== null) return null;
  if (trigger.paused) return "it is paused";
  if (trigger.spec.kind !== "schedule" || trigger.last_action === null) return null;
  const last = await findAction(db, { projectId: trigger.project_id, actionId: trigger.last_action });
  if (last === null || (last.status !== "READY" && last.status !== "RUNNING")) return null;
  return `skipped: its last action ${last.id} has not ended yet`;
}

/** `at` starts once; that a person started it before doesn't count. */
function endsBy({ spec }: TriggerRow, firing: Firing): boolean {
  return firing.requestedBy === null && spec.kind === "schedule" && spec.schedule.kind === "once";
}
