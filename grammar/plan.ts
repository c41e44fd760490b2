import type { Position } from "./spans.ts";
import type { HookPhase } from "./syntax.ts";

/** Raised when the shape of a plan changes; `upgradePlan` reads every older one. */
export const planSchema = 1;

/** Anything JSON can say. A plan, an argument and a result are nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What a value is while a program runs; all of it is JSON.
 * Duration: milliseconds. Size: bytes. Percent: points (80 is 80 %). Time: milliseconds since 1970 (UTC).
 * A cluster or node is a reference that the world resolves: `{ "$cluster": id }`, `{ "$node": id }`.
 */
export type Value = Json;

/** What a program compiles to: plain JSON, immutable, named by `hash`. The only thing that runtimes see. */
export interface Plan {
  readonly schema: number;
  /** SHA-256 over the canonical JSON of everything else, in hexadecimal. */
  readonly hash: string;
  /** The program's name: its file's, without folder and `.coppice`. */
  readonly program: string;
  readonly files: readonly PlanFile[];
  /** By alias. */
  readonly plugins: Readonly<Record<string, PlanPlugin>>;
  readonly profiles: Readonly<Record<string, PlanProfile>>;
  readonly clusters: Readonly<Record<string, PlanCluster>>;
  readonly policies: Readonly<Record<string, PlanPolicy>>;
  /** The program's own and the built-in ones (`CLUSTER_RESIZE`), which come from `workflows/library`. */
  readonly actions: Readonly<Record<string, PlanAction>>;
  /** Where values of secrets come from; never a value. A secret travels as `{ "$secret": name }`. */
  readonly secrets: Readonly<Record<string, PlanSecret>>;
  /** What starts by itself, by the name of the action in `actions` that it starts: `every_fri_18_00`. */
  readonly triggers: Readonly<Record<string, PlanTrigger>>;
}

/** Where a secret's value is: `env("REGISTRY_PASSWORD")`, `file("registry")`, `vault.kv("registry")`. */
export type SecretSource = LocalSecret | StoredSecret;

/** On the worker's own machine. */
export interface LocalSecret {
  readonly source: "env" | "file";
  readonly key: string;
}

/** In a plugin's secret store. */
export interface StoredSecret {
  readonly source: "store";
  readonly key: string;
  /** Its name in the manifest. */
  readonly store: string;
  /** Who is asked; kept here, so that a secret which a program has dropped can still be read. */
  readonly use: Pick<PlanPlugin, "name" | "hash" | "grants" | "settings">;
}

export type PlanSecret = SecretSource & { readonly at: Position };

export type PlanTrigger =
  | { readonly kind: "schedule"; readonly schedule: PlanSchedule; readonly at: Position }
  | {
      readonly kind: "listener";
      /** A plugin's alias, or `coppice`. */
      readonly source: string;
      readonly event: string;
      /** The parameter that holds the event; evaluated with it alone and the program's clusters. */
      readonly as: string | null;
      readonly when: Expression | null;
      readonly at: Position;
    };

/** `zone` is an IANA time zone. */
export type PlanSchedule =
  | { readonly kind: "interval"; readonly everyMs: number }
  /** Days of the week from 0, Sunday; several mean each of them. */
  | {
      readonly kind: "weekly";
      readonly days: readonly number[];
      readonly hour: number;
      readonly minute: number;
      readonly zone: string;
    }
  /** Five fields: minute, hour, day of month, month, day of week. */
  | { readonly kind: "cron"; readonly line: string; readonly zone: string }
  /** `2026-12-24T20:00`, local in the zone. */
  | { readonly kind: "once"; readonly time: string; readonly zone: string };

export interface PlanFile {
  /** As given to the compiler, shown in messages: `examples/storefront.coppice`. */
  readonly path: string;
  /** Source lines by number (from 1), for source frames. A slice carries only those that its steps need. */
  readonly lines: Readonly<Record<number, string>>;
}

export interface PlanPlugin {
  /** As written after `from`, relative to the program's file. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the loaded bundle: the bytes that a run keeps. */
  readonly hash: string;
  /** `sandboxed`, or `commands` for a plugin that runs commands on the host. */
  readonly tier: "pure" | "sandboxed" | "commands";
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
  readonly at: Position;
}

/** One line of `allow`: `{ capability: "http", target: "127.0.0.1:8080" }`. */
export interface Grant {
  readonly capability:
    | "http"
    | "socket"
    | "command"
    | "ssh"
    | "amqp"
    | "keystone"
    | "aws"
    | "state"
    | "reveal";
  readonly target: string | null;
}

export interface PlanProfile {
  /** Alias in `plugins`. */
  readonly plugin: string;
  /** Profile type within the plugin: `container`. */
  readonly type: string;
  /** Checked against the plugin's schema, defaults filled in. */
  readonly properties: Readonly<Record<string, Json>>;
  readonly at: Position;
}

export interface PlanCluster {
  readonly profile: string;
  readonly size: number;
  readonly minimum: number;
  /** `null`: no upper bound was written. */
  readonly maximum: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly policies: readonly PlanBinding[];
  /** Actions of the program that stand in for built-in ones: `{ "CLUSTER_SCALE_IN": "drain" }`; absent: none. */
  readonly overrides?: Readonly<Record<string, string>>;
  readonly at: Position;
}

/** A policy attached to a cluster, with its arguments (defaults filled in). */
export interface PlanBinding {
  readonly policy: string;
  readonly arguments: Readonly<Record<string, Value>>;
  readonly enforce: Enforcement;
  readonly at: Position;
}

/** What a `deny` of the policy does: it only warns; it denies; it denies unless a person with the role gives a reason. */
export type Enforcement =
  | { readonly level: "warn" }
  | { readonly level: "deny" }
  | { readonly level: "deny-unless"; readonly role: string };

export interface PlanParameter {
  readonly name: string;
  /** As people write it: `Cluster<docker.container>`. */
  readonly type: string;
  /** JSON Schema of the value as clients send it (durations as text `"5s"` or milliseconds). */
  readonly schema: Json;
  /** Absent: the argument is required. */
  readonly default?: Value;
  /** Of `Int in 1..100`, in the type's own unit; checked whenever the action begins, also by a call of another. */
  readonly bounds?: { readonly minimum: number; readonly maximum: number };
}

export interface PlanPolicy {
  readonly doc: string | null;
  /** From `workflows/library`; absent: the program's own. */
  readonly builtin?: true;
  readonly parameters: readonly PlanParameter[];
  readonly hooks: readonly PlanHook[];
  /** Of one that a plugin provides: its hooks consult that. */
  readonly type?: PlanPolicyType;
  readonly at: Position;
}

/** `fake.balance`: the policy is named so in `policies` and in bindings. */
export interface PlanPolicyType {
  /** Alias in `plugins`. */
  readonly plugin: string;
  readonly name: string;
  /** It is attached to a cluster and detached again, and keeps a record meanwhile. */
  readonly attaches: boolean;
}

export interface PlanHook {
  /** `careful.before-1`: stable while the text around it changes. */
  readonly id: string;
  readonly phase: HookPhase;
  /** Names of actions: built-in ones by their full name (`CLUSTER_RESIZE`); `*` is every one but parts of built-in ones. */
  readonly actions: readonly string[];
  /** Lower runs first; 50 when not written. */
  readonly priority: number;
  readonly when: Expression | null;
  readonly body: readonly Step[];
  readonly at: Position;
}

export interface PlanAction {
  readonly doc: string | null;
  /** From `workflows/library`, or the program's own. */
  readonly builtin: boolean;
  readonly parameters: readonly PlanParameter[];
  /** Whether it is the body of an `every`, `at` or `on`: `triggers` says which. */
  readonly trigger: boolean;
  /** Names of parameters that are clusters: their mailboxes are taken before the action starts. */
  readonly clusterParameters: readonly string[];
  /** Clusters that the action, or one it calls, names directly. */
  readonly clusterNames: readonly string[];
  /** As people write it, `Report`; `null` when it returns nothing. */
  readonly result: string | null;
  readonly body: readonly Step[];
  readonly at: Position;
}

interface StepBase {
  /** Unique in its action or hook and stable: `roll.1.2` is the second statement in the first one's block. */
  readonly id: string;
  readonly at: Position;
}

export type Step =
  | LetStep
  | OperateStep
  | PerformStep
  | InvokeStep
  | PrimitiveStep
  | ForStep
  | ParallelStep
  | IfStep
  | MatchStep
  | TryStep
  | WaitStep
  | WaitUntilStep
  | ApproveStep
  | LockStep
  | EmitStep
  | FailStep
  | ReturnStep
  | DenyStep
  | WarnStep
  | LimitStep
  | ChooseStep
  | PlaceStep
  | BatchStep
  | ConsultStep
  | AskStep
  | ArgumentsStep
  | LifecycleStep
  | GiveStep;

/** `let old = node.profile.image` */
export interface LetStep extends StepBase {
  readonly kind: "let";
  readonly name: string;
  readonly value: Expression;
}

/** How a call that acts is tried, timed and undone. */
export interface CallClauses {
  readonly retry: RetryClause | null;
  /** A Duration: bounds one try. */
  readonly timeout: Expression | null;
  /** Run in reverse order when a later step of the same scope fails or the run is cancelled. */
  readonly undo: readonly Step[] | null;
  /** The variable that receives the result. */
  readonly result: string | null;
}

export interface RetryClause {
  /** Int: further tries after the first. */
  readonly count: Expression;
  /** Duration before the first repeat; doubles each time. 1 s when not written. */
  readonly every: Expression | null;
  /** Duration that the pause never exceeds; `every` without a range stays constant. */
  readonly upTo: Expression | null;
}

/** One driver operation on one node: `node.update(image: image)`. Many such calls travel in one activity. */
export interface OperateStep extends StepBase, CallClauses {
  readonly kind: "operate";
  readonly node: Expression;
  readonly operation: string;
  readonly arguments: Readonly<Record<string, Expression>>;
}

/** Another action, inline, with the policies of its cluster: `roll(cluster, image)`, `storefront.resize(8)`. */
export interface PerformStep extends StepBase, CallClauses {
  readonly kind: "perform";
  readonly action: string;
  readonly arguments: Readonly<Record<string, Expression>>;
}

/** A plugin's function that belongs to no node: `shell.run("deploy", arguments: [node.name])`. */
export interface InvokeStep extends StepBase, CallClauses {
  readonly kind: "invoke";
  readonly plugin: string;
  readonly function: string;
  readonly arguments: Readonly<Record<string, Expression>>;
}

/**
 * A change that the engine makes to its own records, for the library.
 * `add_nodes(cluster, count)` → nodes, new rows without a resource yet;
 * `set_size(cluster, size)` fails outside the cluster's bounds; `set_profile(cluster, properties)`: of nodes to come;
 * `remove_cluster(cluster)`; `change_cluster(cluster, …)` and `change_node(node, …)`: fields by name, none stays;
 * `join_nodes(cluster, nodes)`, `leave_nodes(cluster, nodes)`: orphans become members and members orphans;
 * `switch_nodes(cluster, incoming, outgoing)`: nodes that stand by and those that have places, the other way round;
 * `attach_policy(cluster, policy, enabled)`, `detach_policy(cluster, policy)`, `enable_policy(cluster, policy, enabled)`;
 * `keep_binding(data, now)`, only in hooks: what the policy keeps for the cluster, and when it last had an effect.
 */
export interface PrimitiveStep extends StepBase, CallClauses {
  readonly kind: "primitive";
  readonly primitive:
    | "add_nodes"
    | "set_size"
    | "set_profile"
    | "remove_cluster"
    | "change_cluster"
    | "change_node"
    | "join_nodes"
    | "leave_nodes"
    | "switch_nodes"
    | "attach_policy"
    | "detach_policy"
    | "enable_policy"
    | "keep_binding";
  readonly arguments: Readonly<Record<string, Expression>>;
}

export interface ForStep extends StepBase {
  readonly kind: "for";
  readonly name: string;
  readonly list: Expression;
  /** Int: how many items at once. `null`: one at a time. `"all"`: all at once. */
  readonly batch: Expression | "all" | null;
  /** Duration between batches. */
  readonly pause: Expression | null;
  /** Int: how many items may fail; 0 when not written. */
  readonly tolerate: Expression | null;
  readonly body: readonly Step[];
  readonly ensure: readonly Step[] | null;
}

export interface ParallelStep extends StepBase {
  readonly kind: "parallel";
  readonly branches: readonly (readonly Step[])[];
}

export interface IfStep extends StepBase {
  readonly kind: "if";
  readonly condition: Expression;
  readonly then: readonly Step[];
  readonly otherwise: readonly Step[] | null;
}

/** The first case whose values hold the subject's; the checker has proved that there is one. */
export interface MatchStep extends StepBase {
  readonly kind: "match";
  readonly subject: Expression;
  /** `values` is `null` for `else`. */
  readonly cases: readonly { readonly values: readonly Value[] | null; readonly body: readonly Step[] }[];
}

export interface TryStep extends StepBase {
  readonly kind: "try";
  readonly body: readonly Step[];
  /** `name` holds `{ message: String, code: String, line: Int }`. */
  readonly recover: { readonly name: string | null; readonly body: readonly Step[] } | null;
  readonly ensure: readonly Step[] | null;
}

export interface WaitStep extends StepBase {
  readonly kind: "wait";
  readonly duration: Expression;
}

export interface WaitUntilStep extends StepBase {
  readonly kind: "wait_until";
  readonly condition: Expression;
  /** Nodes and clusters of the condition that are looked at anew each time: the free variables of those types. */
  readonly watches: readonly string[];
  /** Duration; 5 s when not written. */
  readonly every: Expression | null;
  /** Duration; 10 min when not written. */
  readonly within: Expression | null;
}

/** Fails with `not-approved` when someone says no, and with `approval-timed-out` when nobody answers in time. */
export interface ApproveStep extends StepBase {
  readonly kind: "approve";
  readonly message: Expression;
  /** Who may answer; anyone of the project with write access when `null`. */
  readonly role: string | null;
  /** Duration; 1 day when not written. */
  readonly within: Expression | null;
}

/** Fails with `lock-timed-out`. Released however the body ends, after its undo. The checker refuses a lock inside a lock. */
export interface LockStep extends StepBase {
  readonly kind: "lock";
  readonly names: readonly Expression[];
  /** A plugin's coordination backend: the names are held there as well. */
  readonly through?: { readonly plugin: string; readonly backend: string };
  /** Duration; 10 min when not written. */
  readonly within: Expression | null;
  readonly body: readonly Step[];
}

export interface EmitStep extends StepBase {
  readonly kind: "emit";
  readonly name: Expression;
  readonly fields: Expression | null;
  /** A plugin's notifier that is told as well. */
  readonly to?: {
    readonly plugin: string;
    readonly notifier: string;
    readonly arguments: Readonly<Record<string, Expression>>;
  };
}

export interface FailStep extends StepBase {
  readonly kind: "fail";
  readonly message: Expression;
}

export interface ReturnStep extends StepBase {
  readonly kind: "return";
  readonly value: Expression | null;
}

/** Only in a hook's body: ends the action as FAILED with this reason, before anything was changed. */
export interface DenyStep extends StepBase {
  readonly kind: "deny";
  readonly reason: Expression;
  readonly when: Expression | null;
}

/** Only in a `before`: kept with the action and shown; changes nothing. */
export interface WarnStep extends StepBase {
  readonly kind: "warn";
  readonly message: Expression;
  readonly when: Expression | null;
}

/** Only in a `before` of resize, scale_in and scale_out: bounds how many nodes come or go. The smallest wins. */
export interface LimitStep extends StepBase {
  readonly kind: "limit";
  readonly count: Expression;
}

/**
 * Only in a `before`: gives new nodes a value of a profile property, such that the cluster's nodes spread over the values by
 * weight (1 where `weights` has none), the fewest first, then in the list's order. None gets more nodes than `caps` says (no
 * cap where it has none, or -1). Nodes that leave are taken from where there are most for the weight.
 */
export interface PlaceStep extends StepBase {
  readonly kind: "place";
  readonly property: string;
  readonly across: Expression;
  readonly weights: Expression | null;
  /** `context.region_name` has the key `region_name`; absent: the property itself. */
  readonly key?: string;
  readonly caps?: Expression;
}

/** Only in a `before`: the order in which nodes are taken away. */
export interface ChooseStep extends StepBase {
  readonly kind: "choose";
  readonly nodes: Expression;
}

/** Only in a `before`: bounds every outermost `for` over nodes of the action. The smallest bound wins, and the longest pause. */
export interface BatchStep extends StepBase {
  readonly kind: "batch";
  readonly size: Expression;
  readonly pause: Expression | null;
  /** Nodes of a batch that are under way at once. */
  readonly window?: Expression;
  /** Nodes whose records one statement writes. */
  readonly rows?: Expression;
}

/** Only in the hooks of a plugin's policy type: asks it, with the binding's arguments, and does what it decides. */
export interface ConsultStep extends StepBase {
  readonly kind: "consult";
  readonly plugin: string;
  readonly policy: string;
}

/** A function of the plugin behind a cluster's profile, by name, for the library: it fails where the plugin lacks it. */
export interface AskStep extends StepBase, CallClauses {
  readonly kind: "ask";
  readonly cluster: Expression;
  readonly function: Expression;
  readonly arguments: Expression;
}

/** Only in a `before`: gives the action other arguments, which later hooks see. */
export interface ArgumentsStep extends StepBase, CallClauses {
  readonly kind: "arguments";
  readonly arguments: Readonly<Record<string, Expression>>;
}

/** Only in a `before`: new nodes get these properties on top of their profile's; maps are put together. */
export interface GiveStep extends StepBase, CallClauses {
  readonly kind: "give";
  readonly properties: Expression;
}

/**
 * For the library: tells what a lifecycle hook names that the node is to go, and waits until someone completes the
 * lifecycle, at most `within`.
 */
export interface LifecycleStep extends StepBase, CallClauses {
  readonly kind: "lifecycle";
  readonly node: Expression;
  readonly hook: Expression;
  /** Duration. */
  readonly within: Expression;
}

/** Checked expressions. `at` is there where evaluation may fail (division, index, arithmetic overflow). */
export type Expression =
  | { readonly op: "literal"; readonly value: Value }
  | { readonly op: "variable"; readonly name: string }
  /** A cluster of the program by name. */
  | { readonly op: "cluster"; readonly name: string }
  /** A secret by name: its handle. */
  | { readonly op: "secret"; readonly name: string }
  /** Time: when the step began, the same on every replay. */
  | { readonly op: "now" }
  /** As `MatchStep`. */
  | {
      readonly op: "match";
      readonly subject: Expression;
      readonly cases: readonly { readonly values: readonly Value[] | null; readonly value: Expression }[];
    }
  | { readonly op: "field"; readonly of: Expression; readonly name: string; readonly at: Position }
  | { readonly op: "index"; readonly of: Expression; readonly index: Expression; readonly at: Position }
  | { readonly op: "list"; readonly items: readonly Expression[] }
  | { readonly op: "record"; readonly fields: readonly (readonly [name: string, value: Expression])[] }
  /** Text with values in it; each `show` names how a value is written. */
  | {
      readonly op: "text";
      readonly parts: readonly (string | { readonly show: Expression; readonly as: Shown })[];
    }
  | { readonly op: "not"; readonly of: Expression }
  | { readonly op: "negate"; readonly of: Expression }
  | {
      readonly op: "binary";
      readonly operator: PlanOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Position;
    }
  | {
      readonly op: "if";
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  /** A pure function of the language's library: `List.count`, `String.upper`, `Cluster.victims`. The receiver comes first. */
  | {
      readonly op: "call";
      readonly function: string;
      readonly arguments: readonly Expression[];
      readonly at: Position;
    }
  | { readonly op: "lambda"; readonly parameters: readonly string[]; readonly body: Expression };

/** `div` divides Ints towards zero, `/` gives a Float; `percent` is Int × Percent. */
export type PlanOperator =
  | "or"
  | "and"
  | "??"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | "+"
  | "-"
  | "*"
  | "/"
  | "div"
  | "percent"
  | "concat";

/** How a value is written into a text. */
export type Shown = "plain" | "duration" | "size" | "percent" | "time" | "cluster" | "node" | "json";
