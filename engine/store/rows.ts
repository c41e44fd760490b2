import type { Maintenance } from "../../grammar/maintenance.ts";
import type { Grant, Json, PlanBinding, Value } from "../../grammar/plan.ts";
import type { Pace } from "../../workflows/activities.ts";

/** Rows as Postgres gives them: snake_case, `Date` for times, strings for bigint. One mapping function each leads out. */
export interface ClusterRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly user_id: string;
  readonly domain_id: string | null;
  /** The program that defines it; `null` for one that was made by a request. */
  readonly program: string | null;
  /** `null` for one of no program: the library's newest plan holds. */
  readonly plan_hash: string | null;
  readonly profile_id: string;
  readonly min_size: number;
  /** -1: no bound. */
  readonly max_size: number;
  readonly desired_capacity: number;
  /** Of the next node; indexes are never used again. */
  readonly next_index: number;
  readonly status: string;
  readonly status_reason: string;
  /** Labels; text, save where a request put other JSON. */
  readonly metadata: Readonly<Record<string, Json>>;
  readonly config: Readonly<Record<string, Json>>;
  readonly data: Readonly<Record<string, Json>>;
  readonly dependents: Readonly<Record<string, Json>>;
  /** Seconds that its actions may take. */
  readonly timeout: number;
  readonly maintenance: Maintenance | null;
  /** Actions of its program that stand in for built-in ones. */
  readonly overrides: Readonly<Record<string, string>>;
  /** In the order in which they are asked. */
  readonly policies: readonly BoundPolicy[];
  /** When its row was written. */
  readonly init_at: Date;
  /** When its creation succeeded. */
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
}

/** A policy that is attached to a cluster, with all that a run needs of it. */
export interface BoundPolicy extends Pick<PlanBinding, "policy" | "arguments" | "enforce"> {
  /** The binding's id. */
  readonly id: string;
  readonly policy_id: string;
  /** The policy's own; `policy` is its definition's. */
  readonly name: string;
  readonly enabled: boolean;
  /** The program that declares the policy; `null` for one that was made by a request. */
  readonly program: string | null;
  /** Milliseconds since 1970: when it last had an effect. */
  readonly last_op: number | null;
  /** What it keeps for this cluster. */
  readonly data: Json;
}

export interface NodeRow {
  readonly id: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly domain_id: string | null;
  /** `null`: an orphan. */
  readonly cluster_id: string | null;
  readonly name: string;
  /** From 1 within its cluster, never used again; -1 for an orphan. */
  readonly index: number;
  readonly role: string;
  /** To be taken away or made anew before others. */
  readonly tainted: boolean;
  /** It counts for nothing until it takes a place. */
  readonly standby: boolean;
  /** No scaling takes it away. */
  readonly protected: boolean;
  readonly maintenance: Maintenance | null;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly data: Readonly<Record<string, Json>>;
  readonly dependents: Readonly<Record<string, Json>>;
  readonly profile_id: string;
  readonly physical_id: string | null;
  /** The idempotency key that made, or was to make, its resource. */
  readonly create_key: string | null;
  /** Properties in which it differs from its profile. */
  readonly changes: Readonly<Record<string, Json>>;
  /** What an update asked for whose end nobody heard of: the machine may have it. */
  readonly unconfirmed: Readonly<Record<string, Json>>;
  /** Properties that a policy chose when it was added (`place`); they win over its profile's for life. */
  readonly placed: Readonly<Record<string, Json>>;
  readonly status: string;
  readonly status_reason: string;
  readonly healthy: boolean;
  /** When its row was written. */
  readonly init_at: Date;
  /** When its creation succeeded. */
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
}

/** What a run needs of a profile. */
export interface ProfileRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  /** The public name of its type: `os.nova.server-1.0`. */
  readonly spec_type: string;
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
  readonly domain_id: string | null;
  /** `roll`, `CLUSTER_RESIZE`: the workflow's type. */
  readonly action: string;
  /** For people: `cluster_resize_1a2b3c4d`. */
  readonly name: string;
  readonly plan_hash: string;
  /** `null`: of the library, on clusters of no program. */
  readonly program: string | null;
  readonly cluster_id: string | null;
  /** The cluster or node that it is about. */
  readonly target_id: string | null;
  readonly target_name: string;
  /** Seconds that it may take; 0: as long as it likes. */
  readonly timeout: number;
  /** How it goes through its nodes, as far as its request says so. */
  readonly pace: Partial<Pace>;
  readonly data: Readonly<Record<string, Json>>;
  readonly cause: string;
  readonly requested_by: string;
  readonly status: ActionStatus;
  readonly status_reason: string;
  readonly control: "CANCEL" | "TIMEOUT" | null;
  /** Why a policy's `deny unless` is to be passed over, who says so, and with which roles. */
  readonly override: ActionOverride | null;
  readonly inputs: Readonly<Record<string, Value>>;
  /** Inputs as their user gave them; `null`: as `inputs`. */
  readonly request: Readonly<Record<string, Json>> | null;
  /** The action that this one does again. */
  readonly retry_of: string | null;
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
  /** The order of events, a decimal number. */
  readonly seq: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly action_id: string | null;
  readonly cluster_id: string | null;
  readonly node_id: string | null;
  /** What it is about. */
  readonly oid: string | null;
  readonly oname: string;
  readonly otype: string;
  /** Of the action: `CLUSTER_RESIZE`. */
  readonly action: string;
  /** Of Senlin's events: `start`, `end`, `error`; `null` for ours alone. */
  readonly phase: string | null;
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR" | "CRITICAL";
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
