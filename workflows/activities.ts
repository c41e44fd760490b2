import type { Enforcement, Expression, Json, Plan, Value } from "../grammar/plan.ts";
import type { Position } from "../grammar/spans.ts";
import type { ClusterView, NodeView } from "../grammar/world.ts";

/** The one argument of every workflow. The plan's hash is pinned here and in the memo. */
export interface RunInput {
  readonly actionId: string;
  readonly planHash: string;
}

/** The one argument of the workflow that a schedule starts. */
export interface TriggerInput {
  readonly triggerId: string;
}

/** Of the workflow that a schedule starts; run as a local activity, may be repeated. Implemented in `engine/worker`. */
export interface TriggerActivities {
  /** Asks for the trigger's action; `note` says why there is none. */
  fireSchedule(q: {
    triggerId: string;
    requestKey: string;
  }): Promise<{ readonly actionId: string | null; readonly note: string | null }>;
}

/** All that a run needs to know, read once at its start and kept in its history. */
export interface RunStart {
  readonly action: {
    readonly id: string;
    readonly name: string;
    readonly projectId: string;
    readonly cause: string;
    readonly inputs: Readonly<Record<string, Value>>;
    /** Why a policy's `deny … unless` is to be passed over, and who says so with which roles. */
    readonly override: {
      readonly reason: string;
      readonly by: string;
      readonly roles: readonly string[];
    } | null;
  };
  /** The slice of the plan that this action can reach. */
  readonly plan: Plan;
  /** Clusters of the program that the run holds, with the policies bound to each. */
  readonly clusters: readonly ClusterView[];
  readonly clusterIds: Readonly<Record<string, string>>;
  readonly bindings: Readonly<
    Record<
      string,
      readonly {
        readonly policy: string;
        readonly arguments: Readonly<Record<string, Value>>;
        readonly enforce: Enforcement;
        /** The binding's id; runs of before there were ids bring none. */
        readonly id?: string;
        readonly policyId?: string;
        /** How users know it, where it was made by a request of theirs and no program has a name for it. */
        readonly name?: string;
        /** `false`: it has no say now. */
        readonly enabled?: boolean;
        /** Milliseconds since 1970: when the policy last had an effect. */
        readonly last_op?: number | null;
        /** What the policy keeps for the cluster. */
        readonly data?: Json;
      }[]
    >
  >;
  /** Policy types that are attached to each of those clusters; what they keep stays outside of the run. */
  readonly attachments?: Readonly<Record<string, readonly Attachment[]>>;
  /** When profiles were made, by id; absent: not known. */
  readonly profileTimes?: Readonly<Record<string, number>>;
  /** Properties by profile id. */
  readonly profiles: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** The first page of nodes of those clusters, and where the next begins. */
  readonly nodes: NodePage;
  /** Nodes per activity when a step does not say: the engine's setting, `null` to compute one. */
  readonly nodesPerActivity: number | null;
  /** How the action goes through its nodes; runs of before there was a choice bring none. */
  readonly pace?: Pace;
}

/** What whoever asked for the action says of it, else the engine's settings; `null`: it is computed. */
export interface Pace {
  /** Nodes of an outermost loop at once; a policy or the loop itself may say fewer. */
  readonly batchSize: number | null;
  /** Between two batches where neither the loop nor a policy has a pause. */
  readonly pauseMs: number;
  /** Nodes that are worked on at once, over all activities of a step. */
  readonly window: number | null;
  /** Rows that one statement writes. */
  readonly rows: number | null;
}

export interface NodePage {
  readonly nodes: readonly NodeView[];
  readonly next: string | null;
}

/** Why something failed, in the form that crosses every boundary. */
export interface Failure {
  /** `driver-error`, `denied`, `timed-out`, `cancelled`, `failed`, `bad-value` …, or a driver's own code. */
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly at?: Position;
}

export type NodeOutcome =
  | { readonly nodeId: string; readonly ok: true; readonly node?: NodeChange; readonly value?: Value }
  | { readonly nodeId: string; readonly ok: false; readonly node?: NodeChange; readonly failure: Failure };

/** What changed in a node's record; `null` says that the node is gone. */
export type NodeChange = Partial<Omit<NodeView, "id">> | null;

/** One driver operation on many nodes. */
export interface OperateRequest {
  readonly actionId: string;
  /** The step and where in its loops: the idempotency key's middle part. The same on every retry. */
  readonly callId: string;
  /** The step's line, for people: `storefront.coppice:44`. */
  readonly place: string;
  readonly planHash: string;
  readonly operation: string;
  readonly items: readonly { readonly nodeId: string; readonly arguments: Readonly<Record<string, Value>> }[];
  readonly retry: { readonly count: number; readonly everyMs: number; readonly upToMs: number };
  /** Bounds one try on one node, in milliseconds. */
  readonly timeoutMs: number;
  /** Rows that one statement writes at most; all of them when it is left out. */
  readonly rows?: number;
}

/** Looks at nodes again and again until a condition holds for each item. */
export interface WaitUntilRequest {
  readonly actionId: string;
  readonly callId: string;
  /** The step's line, for people: `storefront.coppice:44`. */
  readonly place: string;
  readonly planHash: string;
  readonly condition: Expression;
  readonly items: readonly {
    readonly key: string;
    /** The condition's free variables. */
    readonly variables: Readonly<Record<string, Value>>;
    /** Nodes that are looked at through their driver each time. */
    readonly nodeIds: readonly string[];
  }[];
  readonly everyMs: number;
  readonly withinMs: number;
}

export interface WaitUntilOutcome {
  readonly items: readonly { readonly key: string; readonly met: boolean; readonly failure?: Failure }[];
  /** What was seen of nodes that changed. */
  readonly nodes: readonly { readonly nodeId: string; readonly node: NodeChange }[];
}

export interface InvokeRequest {
  /** Asks the plugin behind this cluster's profile; `plugin` is empty then. */
  readonly clusterId?: string;
  readonly actionId: string;
  readonly callId: string;
  /** The step's line, for people: `storefront.coppice:44`. */
  readonly place: string;
  readonly planHash: string;
  readonly plugin: string;
  readonly function: string;
  readonly arguments: Readonly<Record<string, Value>>;
  /** `function` is a notifier, and this is what it is to tell. */
  readonly notice?: {
    readonly level: "INFO" | "WARN" | "ERROR";
    readonly name: string;
    readonly message: string;
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly fields: Value;
  };
  readonly retry: OperateRequest["retry"];
  readonly timeoutMs: number;
}

export type InvokeOutcome =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** A policy type on a cluster that lists it, or did. */
export interface Attachment {
  /** `fake.balance` */
  readonly policy: string;
  readonly arguments: Readonly<Record<string, Value>>;
}

/** One question to a policy type that a plugin provides. The cluster, its nodes and what is kept are read where it is asked. */
export interface ConsultRequest {
  readonly actionId: string;
  readonly callId: string;
  /** Where it is asked, for people. */
  readonly place: string;
  readonly planHash: string;
  readonly operation: "attach" | "decide" | "detach";
  /** The plugin's alias; that of something to be detached may be gone from the plan. */
  readonly plugin: string;
  /** Without the plugin: `balance`. */
  readonly policy: string;
  readonly arguments: Readonly<Record<string, Value>>;
  readonly clusterId: string;
  /** Of `decide`. */
  readonly phase: "before" | "after" | null;
  readonly request: (Readonly<Record<string, Value>> & { readonly nodes: readonly string[] }) | null;
}

/** As `PolicyDecision` of the contract, without what is kept. */
export interface PolicyAnswer {
  readonly deny?: string;
  readonly warn?: string;
  readonly limit?: number;
  readonly choose?: readonly string[];
  readonly batch?: {
    readonly size: number;
    readonly pause?: number;
    readonly window?: number;
    readonly rows?: number;
  };
  readonly place?: Readonly<
    Record<
      string,
      { readonly across: readonly string[]; readonly weights?: Readonly<Record<string, number>> }
    >
  >;
}

export type ConsultOutcome =
  | { readonly ok: true; readonly answer: PolicyAnswer }
  | { readonly ok: false; readonly failure: Failure };

/** A change of the engine's own records; fields that are left out, or none, stay as they are. */
export type RecordChange =
  | {
      readonly kind: "change_cluster";
      readonly clusterId: string;
      readonly fields: Readonly<Record<string, Json>>;
    }
  | { readonly kind: "change_node"; readonly nodeId: string; readonly fields: Readonly<Record<string, Json>> }
  | { readonly kind: "join_nodes"; readonly clusterId: string; readonly nodeIds: readonly string[] }
  | { readonly kind: "leave_nodes"; readonly clusterId: string; readonly nodeIds: readonly string[] }
  | {
      readonly kind: "switch_nodes";
      readonly clusterId: string;
      readonly incoming: readonly string[];
      readonly outgoing: readonly string[];
    }
  | {
      readonly kind: "attach_policy";
      readonly clusterId: string;
      readonly policyId: string;
      readonly enabled: boolean;
    }
  | { readonly kind: "detach_policy"; readonly clusterId: string; readonly policyId: string }
  | {
      readonly kind: "enable_policy";
      readonly clusterId: string;
      readonly policyId: string;
      readonly enabled: boolean | null;
    }
  | {
      readonly kind: "keep_binding";
      readonly clusterId: string;
      readonly bindingId: string;
      /** Absent: stays. */
      readonly data?: Json;
      /** It has just had an effect. */
      readonly now: boolean;
    };

/** How records look after changes. */
export interface RecordsChanged {
  readonly clusters?: readonly ClusterView[];
  readonly nodes?: readonly NodeView[];
  /** Of profiles that are new to the run, by id. */
  readonly profiles?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Of `attach_policy`, unless the policy was attached already. */
  readonly attached?: RunStart["bindings"][string][number];
  /** Of `keep_binding` that says now: milliseconds since 1970. */
  readonly lastOp?: number;
}

/** Someone outside is told that a node is to go, and may say when it can. */
export interface LifecycleRequest {
  readonly callId: string;
  readonly nodeId: string;
  /** As the policy has it: `{ type, params, timeout }`. */
  readonly hook: Json;
  readonly withinMs: number;
}

/** A question to a person. */
export interface ApproveRequest {
  readonly actionId: string;
  readonly callId: string;
  readonly place: string;
  readonly message: string;
  readonly role: string | null;
  readonly withinMs: number;
}

/** `answer` is `absent` when the time was over. */
export interface ApproveOutcome {
  readonly answer: "granted" | "refused" | "absent";
  readonly by: string | null;
  readonly reason: string | null;
}

/** Locks of the project, taken all or none. */
export interface LockRequest {
  readonly actionId: string;
  readonly callId: string;
  readonly place: string;
  readonly names: readonly string[];
  readonly withinMs: number;
}

/** The same names, held in a plugin's coordination backend, which shares them with others. */
export interface ShareLockRequest extends LockRequest {
  readonly plugin: string;
  readonly backend: string;
}

/** `held` is `false` when the time was over. */
export type ShareLockOutcome =
  | { readonly ok: true; readonly held: boolean }
  | { readonly ok: false; readonly failure: Failure };

/** One decision of a policy, kept with the action for `explain`. */
export interface Decision {
  readonly policy: string;
  readonly hook: string;
  readonly action: string;
  readonly decision:
    | "denied"
    | "changed"
    | "warned"
    | "overridden"
    | "chose"
    | "placed"
    | "limited"
    | "passed"
    | "skipped"
    | "attached"
    | "detached";
  readonly reason: string;
  readonly at: Position;
}

/** How an action ended. */
export interface FinishRequest {
  readonly actionId: string;
  readonly status: "SUCCEEDED" | "FAILED" | "CANCELLED";
  readonly reason: string;
  readonly failure: Failure | null;
  readonly outputs: Value;
  readonly decisions: readonly Decision[];
}

/** Short database steps, run as local activities; each may be repeated. Implemented in `engine/worker`. */
export interface LocalActivities {
  beginAction(q: { actionId: string; planHash: string }): Promise<RunStart>;
  readNodes(q: { actionId: string; after: string }): Promise<NodePage>;
  addNodes(q: {
    actionId: string;
    callId: string;
    clusterId: string;
    count: number;
    /** For each new node, properties in which it differs from the profile: what a `place` decided. */
    changes?: readonly Readonly<Record<string, Json>>[];
    /** They stand by. */
    standby?: true;
    /** Rows that one statement writes at most; all of them when it is left out. */
    rows?: number;
  }): Promise<readonly NodeView[]>;
  /** Sets the bounds that are given (`max` -1: none) and the size; refuses one outside with `size-out-of-range`. */
  setSize(q: {
    actionId: string;
    callId: string;
    clusterId: string;
    size: number;
    min?: number;
    max?: number;
  }): Promise<ClusterView>;
  setProfile(q: {
    actionId: string;
    callId: string;
    clusterId: string;
    properties: Readonly<Record<string, Json>>;
  }): Promise<{
    cluster: ClusterView;
    properties: Readonly<Record<string, Json>>;
  }>;
  /** Several changes in one transaction, in order. */
  changeRecords(q: {
    actionId: string;
    callId: string;
    changes: readonly RecordChange[];
  }): Promise<RecordsChanged>;
  /** Tells of nodes that are to go; a repeat is harmless. A signal says that a lifecycle is complete. */
  openLifecycles(q: { actionId: string; lifecycles: readonly LifecycleRequest[] }): Promise<void>;
  /** Nobody waits for these any more. */
  closeLifecycles(q: { actionId: string; callIds: readonly string[] }): Promise<void>;
  removeCluster(q: { actionId: string; callId: string; clusterId: string }): Promise<void>;
  /** Many at once, so that a loop over 1,000 nodes costs one history event. `callId` makes a repeat harmless. */
  recordEvents(q: {
    actionId: string;
    events: readonly {
      readonly callId: string;
      readonly level: "INFO" | "WARN";
      readonly name: string;
      readonly fields: Value;
      readonly at: Position;
    }[];
  }): Promise<void>;
  /** Makes a question visible; a repeat is harmless. The answer comes as a signal. */
  openApproval(q: ApproveRequest): Promise<void>;
  /** What became of the question, for those who look later. */
  closeApproval(q: { actionId: string; callId: string; outcome: ApproveOutcome }): Promise<void>;
  /** Queues for locks; `true` when they are held at once, else a signal tells when. */
  takeLocks(q: LockRequest): Promise<boolean>;
  /** Gives locks back, or leaves the queue, and wakes the next ones; those that are shared are given back soon after. */
  releaseLocks(q: { actionId: string; callId: string }): Promise<void>;
  /** Sets the action's end, gives its clusters' mailboxes on and wakes the next. */
  finishAction(q: FinishRequest): Promise<void>;
}

/** Work outside, run as activities with heartbeats. */
export interface OutsideActivities {
  operateNodes(q: OperateRequest): Promise<readonly NodeOutcome[]>;
  waitUntil(q: WaitUntilRequest): Promise<WaitUntilOutcome>;
  invokeFunction(q: InvokeRequest): Promise<InvokeOutcome>;
  consultPolicy(q: ConsultRequest): Promise<ConsultOutcome>;
  shareLock(q: ShareLockRequest): Promise<ShareLockOutcome>;
}
