import type { Grant, Json, PlanBinding, Value } from "../../grammar/plan.ts";

/** Rows as Postgres gives them: snake_case, `Date` for times, strings for bigint. One mapping function each leads out. */
export interface ClusterRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  /** The program that defines it. */
  readonly program: string | null;
  readonly plan_hash: string;
  readonly profile_id: string;
  readonly min_size: number;
  /** -1: no bound. */
  readonly max_size: number;
  readonly desired_capacity: number;
  readonly status: string;
  readonly status_reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly policies: readonly Pick<PlanBinding, "policy" | "arguments" | "enforce">[];
  readonly created_at: Date;
  readonly updated_at: Date | null;
}

export interface NodeRow {
  readonly id: string;
  readonly project_id: string;
  readonly cluster_id: string;
  readonly name: string;
  readonly index: number;
  readonly profile_id: string;
  readonly physical_id: string | null;
  /** The idempotency key that made, or was to make, its resource. */
  readonly create_key: string | null;
  /** Properties in which it differs from its profile. */
  readonly changes: Readonly<Record<string, Json>>;
  /** Properties that a policy chose when it was added (`place`); they win over its profile's for life. */
  readonly placed: Readonly<Record<string, Json>>;
  readonly status: string;
  readonly status_reason: string;
  readonly healthy: boolean;
  readonly created_at: Date;
  readonly updated_at: Date | null;
}

export interface ProfileRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  /** With its plugin's name: `docker.container`. */
  readonly type: string;
  readonly plugin_hash: string;
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
  readonly properties: Readonly<Record<string, Json>>;
  readonly created_at: Date;
}

export const actionStatuses = ["READY", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"] as const;
export type ActionStatus = (typeof actionStatuses)[number];

export interface ActionRow {
  readonly id: string;
  /** Order of acceptance, a decimal number. */
  readonly seq: string;
  readonly project_id: string;
  readonly name: string;
  readonly plan_hash: string;
  readonly program: string;
  readonly cluster_id: string | null;
  readonly target_name: string;
  readonly cause: string;
  readonly requested_by: string;
  readonly status: ActionStatus;
  readonly status_reason: string;
  readonly control: "CANCEL" | null;
  /** Why a policy's `deny unless` is to be passed over, who says so, and with which roles. */
  readonly override: ActionOverride | null;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Value;
  readonly failure: Json;
  readonly decisions: readonly Json[];
  readonly progress: ProgressRecord | Record<string, never>;
  /** Of the Temporal run, once the server confirmed its start. */
  readonly run_id: string | null;
  readonly created_at: Date;
  readonly start_time: Date | null;
  readonly end_time: Date | null;
}

export interface ActionOverride {
  readonly reason: string;
  readonly by: string;
  readonly roles: readonly string[];
}

/** A question that a run asks people (`approve`), with the action that asks it. */
export interface ApprovalRow {
  /** In the order of asking, a decimal number. */
  readonly id: string;
  readonly action_id: string;
  readonly call_id: string;
  readonly action_name: string;
  readonly target_name: string;
  readonly program: string;
  readonly message: string;
  /** Who may answer; `null`: whoever may write. */
  readonly role: string | null;
  /** `storefront.coppice:44` */
  readonly place: string;
  /** `absent`: nobody answered in time, or the run ended before. */
  readonly state: "open" | "granted" | "refused" | "absent";
  readonly deadline: Date;
  readonly answered_by: string | null;
  readonly reason: string | null;
  readonly opened_at: Date;
  readonly answered_at: Date | null;
}

/** Of the step that runs now. */
export interface ProgressRecord {
  /** The step's id: `roll.1.2`. */
  readonly step: string;
  /** `update`, `wait until`. */
  readonly operation: string;
  /** `storefront.coppice:44` */
  readonly place: string;
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

export interface EventRow {
  readonly id: string;
  readonly project_id: string;
  readonly action_id: string | null;
  readonly cluster_id: string | null;
  readonly node_id: string | null;
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR";
  readonly name: string;
  readonly message: string;
  readonly fields: Json;
  readonly created_at: Date;
}

export interface IntentRow {
  readonly node_id: string;
  readonly operation: string;
  readonly state: "open" | "done" | "failed";
  /** How often the call was begun, this time included. */
  readonly attempts: number;
  readonly outcome: Json;
  /** What the driver accepted and is asked about: `KeptCall`. */
  readonly accepted: Json;
}

/** Columns of a row type, in a list that `select` understands: `n.id, n.name`. */
export function columns(table: string, names: readonly string[]): string {
  return names.map((name) => `${table}.${name}`).join(", ");
}
