import type { Span } from "./spans.ts";

/**
 * What the parser makes of a text: plain data, each with a `kind` and a `span`. The comment above each shows its
 * source text. Parts that are missing after an error are `null` or empty; nothing here has been checked.
 */
export interface ProgramNode {
  readonly kind: "Program";
  readonly span: Span;
  readonly declarations: readonly DeclarationNode[];
}

export type DeclarationNode =
  | ImportNode
  | PluginNode
  | ParamNode
  | SecretNode
  | EnumNode
  | RecordTypeNode
  | ProfileNode
  | ClusterNode
  | PolicyNode
  | ActionNode
  | ScheduleNode
  | ListenerNode
  | TestNode;

/** A name as written, with its place. */
export interface NameNode {
  readonly kind: "Name";
  readonly span: Span;
  readonly text: string;
}

/** `/// Never takes more away than it can spare.` lines above a declaration, joined by newlines, markers removed. */
export type Doc = string | null;

/** `import "./rolling.coppice"`; `import "./libs/safety" version "1.2"` takes the newest 1.2.x of a folder of versions. */
export interface ImportNode {
  readonly kind: "Import";
  readonly span: Span;
  readonly from: TextNode;
  readonly version: TextNode | null;
}

/** `plugin docker from "./plugins/docker" { allow socket "/var/run/docker.sock"  with { socket: docker_socket } }` */
export interface PluginNode {
  readonly kind: "Plugin";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  /** The path as written: a string literal without interpolation. */
  readonly from: TextNode;
  readonly allows: readonly AllowNode[];
  readonly settings: RecordNode | null;
}

/** `allow socket "/var/run/docker.sock"`; `allow state` has no target. */
export interface AllowNode {
  readonly kind: "Allow";
  readonly span: Span;
  /** `http`, `socket`, `command` or `state`; checked later. */
  readonly capability: NameNode;
  readonly target: ExpressionNode | null;
}

/** `param docker_socket: String = "/var/run/docker.sock"`: set from outside with `--set docker_socket=…`. */
export interface ParamNode {
  readonly kind: "Param";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  readonly type: TypeNode;
  readonly value: ExpressionNode | null;
}

/** `secret registry_password = env("REGISTRY_PASSWORD")`, or `vault.kv("registry")`: a plugin's secret store. Checked later. */
export interface SecretNode {
  readonly kind: "Secret";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  /** Whose store it is; `null` before `env` and `file`. */
  readonly plugin: NameNode | null;
  readonly source: NameNode;
  /** A string literal without interpolation. */
  readonly key: TextNode;
}

/** `enum Tier { small, medium, large }`; a member is written `Tier.small`, or `small` where a Tier is expected. */
export interface EnumNode {
  readonly kind: "Enum";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  readonly members: readonly NameNode[];
}

/** `record Report { changed: Int }` */
export interface RecordTypeNode {
  readonly kind: "RecordType";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  readonly fields: readonly { readonly name: NameNode; readonly type: TypeNode }[];
}

/** `profile web = docker.container { image: "shop/web:1.27"  memory: 256MiB }` */
export interface ProfileNode {
  readonly kind: "Profile";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  /** The alias of a plugin. */
  readonly plugin: NameNode;
  readonly type: NameNode;
  readonly properties: RecordNode;
}

/** `cluster storefront { profile: web  size: 3 in 2..10  labels: { team: "shop" }  policies: [careful(least: 80%)] }` */
export interface ClusterNode {
  readonly kind: "Cluster";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  readonly fields: readonly FieldNode[];
}

/** `policy careful(least: Percent = 75%) { before resize, scale_in when … { … } }` */
export interface PolicyNode {
  readonly kind: "Policy";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  readonly parameters: readonly ParameterNode[];
  readonly hooks: readonly HookNode[];
}

/** `before resize, scale_in priority 50 when cluster.labels.env == "prod" { … }`; `attach { … }` names no actions. */
export interface HookNode {
  readonly kind: "Hook";
  readonly span: Span;
  readonly phase: HookPhase;
  readonly actions: readonly NameNode[];
  readonly priority: ExpressionNode | null;
  readonly when: ExpressionNode | null;
  readonly body: BlockNode;
}

/**
 * `before` and `after` an action that goes well; `ensure`: after it, however it ended; as the policy is attached to a
 * cluster and as it is detached.
 */
export type HookPhase = "before" | "after" | "ensure" | "attach" | "detach";

/** `action roll(cluster: Cluster<docker.container>, image: String, at_once: Int = 2) -> Report { … }` */
export interface ActionNode {
  readonly kind: "Action";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: NameNode;
  readonly parameters: readonly ParameterNode[];
  readonly result: TypeNode | null;
  readonly body: BlockNode;
}

/**
 * `every "Fri 18:00" in "Europe/Paris" { storefront.resize(8) }`, `every 30m { … }`,
 * `at "2026-12-24 20:00" in "Europe/Paris" { … }`. UTC without a zone.
 */
export interface ScheduleNode {
  readonly kind: "Schedule";
  readonly span: Span;
  readonly doc: Doc;
  readonly word: "every" | "at";
  /** A Duration, or a text: `Fri 18:00`, `Mon-Fri 02:30`, `18:00`, a cron line of five fields; for `at` a date and time. */
  readonly when: ExpressionNode;
  readonly zone: TextNode | null;
  readonly body: BlockNode;
}

/** `on nova.instance_deleted as e when e.server != none { storefront.recover() }`; `coppice` is the engine's own source. */
export interface ListenerNode {
  readonly kind: "Listener";
  readonly span: Span;
  readonly doc: Doc;
  readonly source: NameNode;
  readonly event: NameNode;
  readonly as: NameNode | null;
  readonly when: ExpressionNode | null;
  readonly body: BlockNode;
}

/** `test "a node that doesn't come up gets its old image back" for each in [ … ] { given … run … expect … }` */
export interface TestNode {
  readonly kind: "Test";
  readonly span: Span;
  readonly doc: Doc;
  readonly name: TextNode;
  /** `for each in [{ size: 1 }, { size: 5 }]`: the test runs once for each. */
  readonly cases: { readonly name: NameNode; readonly list: ExpressionNode } | null;
  readonly statements: readonly TestStatementNode[];
}

export type TestStatementNode =
  | LetNode
  | GivenClusterNode
  | GivenNodeNode
  | GivenCallNode
  | GivenApprovalNode
  | GivenTimeNode
  | GivenLockNode
  | RunNode
  | ExpectNode;

/** `given storefront of 3 nodes`: clusters that no `given` names have their size; all nodes are healthy. */
export interface GivenClusterNode {
  readonly kind: "GivenCluster";
  readonly span: Span;
  readonly cluster: NameNode;
  readonly count: ExpressionNode;
}

/**
 * `given node 2 of storefront is sick`, `is broken`, `is missing`: a broken one stays sick until it is made anew, a missing
 * one has lost its resource behind the engine's back.
 */
export interface GivenNodeNode {
  readonly kind: "GivenNode";
  readonly span: Span;
  readonly node: TestNodeRefNode;
  /** `sick`, `broken` or `missing`; checked later. */
  readonly state: NameNode;
}

/** `node 2 of storefront`: by index, from 1; `of` may be left out where the program has one cluster. */
export interface TestNodeRefNode {
  readonly kind: "TestNodeRef";
  readonly span: Span;
  readonly index: ExpressionNode;
  readonly cluster: NameNode | null;
}

/**
 * `given update fails on node 2 with "no such image" code "no-image" times 2`, `given create takes 30s`,
 * `given shell.run returns { exit_code: 1 }`: what a driver does, for every node and every call unless it says less.
 */
export interface GivenCallNode {
  readonly kind: "GivenCall";
  readonly span: Span;
  /** The alias before a function: `shell` in `shell.run`. */
  readonly plugin: NameNode | null;
  readonly operation: NameNode;
  readonly effect: "fails" | "takes" | "returns";
  readonly node: TestNodeRefNode | null;
  /** The message after `with`, the Duration after `takes`, the value after `returns`. */
  readonly value: ExpressionNode | null;
  readonly code: ExpressionNode | null;
  readonly times: ExpressionNode | null;
  /** `for good`: the driver says that a repeat is useless, so `retry` does not try again. */
  readonly final: boolean;
}

/** `given approval refused`, `given approval granted after 1h`, `given approval absent`; granted at once otherwise. */
export interface GivenApprovalNode {
  readonly kind: "GivenApproval";
  readonly span: Span;
  readonly answer: NameNode;
  readonly after: ExpressionNode | null;
}

/** `given time "2026-11-27 18:00"` (UTC); 2026-01-01 00:00 otherwise. */
export interface GivenTimeNode {
  readonly kind: "GivenTime";
  readonly span: Span;
  readonly time: ExpressionNode;
}

/** `given lock "deploy" taken for 5m` */
export interface GivenLockNode {
  readonly kind: "GivenLock";
  readonly span: Span;
  readonly name: ExpressionNode;
  readonly duration: ExpressionNode;
}

/** `run roll(storefront, image: "x") override "why" cancel after 30s expect failure "no such image"` */
export interface RunNode {
  readonly kind: "Run";
  readonly span: Span;
  /** An action of the program or a built-in one (`storefront.resize(3)`), or a trigger by its name. */
  readonly call: ExpressionNode;
  readonly override: ExpressionNode | null;
  readonly cancelAfter: ExpressionNode | null;
  /** `null`: it must succeed. */
  readonly expect: {
    readonly span: Span;
    readonly end: "failure" | "denied" | "cancelled";
    /** A part of its message. */
    readonly message: ExpressionNode | null;
  } | null;
}

/** `expect storefront.nodes.all(n => n.healthy)`, `expect calls.count(c => c.operation == "update") == 3` */
export interface ExpectNode {
  readonly kind: "Expect";
  readonly span: Span;
  readonly condition: ExpressionNode;
}

/** `at_once: Int = 2` */
export interface ParameterNode {
  readonly kind: "Parameter";
  readonly span: Span;
  readonly name: NameNode;
  readonly type: TypeNode;
  readonly value: ExpressionNode | null;
}

/** `Int`, `String?`, `List<String>`, `Cluster<docker.container>`, `Int in 1..100`: `plugin` is the part before a dot. */
export interface TypeNode {
  readonly kind: "Type";
  readonly span: Span;
  readonly plugin: NameNode | null;
  readonly name: NameNode;
  readonly of: readonly TypeNode[];
  readonly optional: boolean;
  /** `1..100`: bounds of a number, Duration, Size or Percent; only for params and parameters. */
  readonly within: RangeNode | null;
}

/** `{ … }` */
export interface BlockNode {
  readonly kind: "Block";
  readonly span: Span;
  readonly statements: readonly StatementNode[];
}

export type StatementNode =
  | LetNode
  | CallNode
  | ForNode
  | ParallelNode
  | IfNode
  | MatchNode
  | TryNode
  | WaitNode
  | WaitUntilNode
  | ApproveNode
  | LockNode
  | EmitNode
  | FailNode
  | ReturnNode
  | DenyNode
  | WarnNode
  | LimitNode
  | ChooseNode
  | PlaceNode
  | BatchNode
  | BlockNode;

/** `let old = node.profile.image`; the value may be a call that acts, with clauses. */
export interface LetNode {
  readonly kind: "Let";
  readonly span: Span;
  readonly name: NameNode;
  readonly value: ExpressionNode;
  readonly clauses: ClausesNode;
}

/** `node.update(image: image) retry 3 every 2s..1m timeout 5m undo node.update(image: old)` */
export interface CallNode {
  readonly kind: "Call";
  readonly span: Span;
  readonly call: ExpressionNode;
  readonly clauses: ClausesNode;
}

/** What may follow a call that acts; each at most once, in any order. */
export interface ClausesNode {
  readonly kind: "Clauses";
  readonly span: Span;
  readonly retry: RetryNode | null;
  readonly timeout: ExpressionNode | null;
  /** `undo node.update(image: old)` is a block with one call. */
  readonly undo: BlockNode | null;
}

/** `retry 3 every 2s..1m`: up to 3 further tries, first after 2 s, doubling up to 1 minute. */
export interface RetryNode {
  readonly kind: "Retry";
  readonly span: Span;
  readonly count: ExpressionNode;
  readonly every: ExpressionNode | null;
  readonly upTo: ExpressionNode | null;
}

/** `for node in cluster.nodes batch at_once pause 30s tolerate 1 failure { … } ensure { … }` */
export interface ForNode {
  readonly kind: "For";
  readonly span: Span;
  readonly name: NameNode;
  readonly list: ExpressionNode;
  /** `null`: one at a time. `"all"`: all at once (`batch all`). */
  readonly batch: ExpressionNode | "all" | null;
  readonly pause: ExpressionNode | null;
  readonly tolerate: ExpressionNode | null;
  readonly body: BlockNode;
  readonly ensure: BlockNode | null;
}

/** `parallel { a()  b()  { c() d() } }`: each statement is a branch; a block groups several into one. */
export interface ParallelNode {
  readonly kind: "Parallel";
  readonly span: Span;
  readonly branches: readonly StatementNode[];
}

/** `if a { … } else if b { … } else { … }` */
export interface IfNode {
  readonly kind: "If";
  readonly span: Span;
  readonly condition: ExpressionNode;
  readonly body: BlockNode;
  readonly otherwise: BlockNode | IfNode | null;
}

/** `match tier { small, medium => { … }  large => { … } }`: all of an enum's members, or `else => { … }` at the end. */
export interface MatchNode {
  readonly kind: "Match";
  readonly span: Span;
  readonly subject: ExpressionNode;
  readonly cases: readonly MatchCaseNode<BlockNode>[];
}

export interface MatchCaseNode<Body> {
  readonly span: Span;
  /** Members of an enum, literals, `none`; empty for `else`. */
  readonly patterns: readonly ExpressionNode[];
  readonly body: Body;
}

/** `try { … } recover error { … } ensure { … }` */
export interface TryNode {
  readonly kind: "Try";
  readonly span: Span;
  readonly body: BlockNode;
  readonly recover: { readonly name: NameNode | null; readonly body: BlockNode } | null;
  readonly ensure: BlockNode | null;
}

/** `wait 30s` */
export interface WaitNode {
  readonly kind: "Wait";
  readonly span: Span;
  readonly duration: ExpressionNode;
}

/** `wait until node.healthy every 5s within 5m` */
export interface WaitUntilNode {
  readonly kind: "WaitUntil";
  readonly span: Span;
  readonly condition: ExpressionNode;
  readonly every: ExpressionNode | null;
  readonly within: ExpressionNode | null;
}

/** `approve "Roll {cluster.name} to {image}?" by operator within 4h`: waits until a person says yes; else it fails. */
export interface ApproveNode {
  readonly kind: "Approve";
  readonly span: Span;
  readonly message: ExpressionNode;
  /** A role's name. */
  readonly by: NameNode | null;
  readonly within: ExpressionNode | null;
}

/** `lock "deploy", "dns" through etcd.locks within 10m { … }`: names of the project, taken all at once, first come first served. */
export interface LockNode {
  readonly kind: "Lock";
  readonly span: Span;
  readonly names: readonly ExpressionNode[];
  /** A plugin's coordination backend, which shares the names with others; checked later. */
  readonly through: ExpressionNode | null;
  readonly within: ExpressionNode | null;
  readonly body: BlockNode;
}

/** `emit "rolled" { cluster: cluster.name, image: image } to chat.room(name: "ops")` */
export interface EmitNode {
  readonly kind: "Emit";
  readonly span: Span;
  readonly name: ExpressionNode;
  readonly fields: RecordNode | null;
  /** A plugin's notifier with its arguments; checked later. */
  readonly to: ExpressionNode | null;
}

/** `fail "no node came up"` */
export interface FailNode {
  readonly kind: "Fail";
  readonly span: Span;
  readonly message: ExpressionNode;
}

/** `return Report { changed: 3 }`; the value starts on the same line. */
export interface ReturnNode {
  readonly kind: "Return";
  readonly span: Span;
  readonly value: ExpressionNode | null;
}

/** `deny "leaves {request.remaining} nodes" when request.remaining < least`; only in a policy's `before`. */
export interface DenyNode {
  readonly kind: "Deny";
  readonly span: Span;
  readonly reason: ExpressionNode;
  readonly when: ExpressionNode | null;
}

/** `warn "it is late" when hour > 18`: as `deny`, but the action goes on and keeps the warning; only in a policy's `before`. */
export interface WarnNode {
  readonly kind: "Warn";
  readonly span: Span;
  readonly message: ExpressionNode;
  readonly when: ExpressionNode | null;
}

/** `limit 2`: at most two nodes come or go in one action; only in a `before` of resize, scale_in, scale_out. */
export interface LimitNode {
  readonly kind: "Limit";
  readonly span: Span;
  readonly count: ExpressionNode;
}

/** `place zone across ["paris", "oslo"] weights { paris: 2 }`: sets that property of new nodes; only in a policy's `before`. */
export interface PlaceNode {
  readonly kind: "Place";
  readonly span: Span;
  readonly property: NameNode;
  /** `context.region_name`: of a property that is a map. */
  readonly key: NameNode | null;
  readonly across: ExpressionNode;
  readonly weights: ExpressionNode | null;
  readonly caps: ExpressionNode | null;
}

/** `choose cluster.nodes.sort(n => [n.healthy, n.created_at])`: victims, the first one first; only in a `before`. */
export interface ChooseNode {
  readonly kind: "Choose";
  readonly span: Span;
  readonly nodes: ExpressionNode;
}

/** `batch 2 pause 30s window 1 rows 500`; only in a policy's `before`. */
export interface BatchNode {
  readonly kind: "Batch";
  readonly span: Span;
  readonly size: ExpressionNode;
  readonly pause: ExpressionNode | null;
  /** Nodes of a batch that are under way at once. */
  readonly window: ExpressionNode | null;
  /** Nodes whose records one statement writes. */
  readonly rows: ExpressionNode | null;
}

export type ExpressionNode =
  | LiteralNode
  | TextNode
  | ReferenceNode
  | MemberNode
  | IndexNode
  | ApplyNode
  | ListNode
  | RecordNode
  | LambdaNode
  | UnaryNode
  | BinaryNode
  | ConditionalNode
  | MatchExpressionNode
  | RangeNode
  | EnforcedNode
  | MissingNode;

/** `3`, `1.5`, `true`, `none`, `5s`, `256MiB`, `80%`. Durations are milliseconds, sizes bytes, percents points. */
export interface LiteralNode {
  readonly kind: "Literal";
  readonly span: Span;
  readonly type: "Int" | "Float" | "Bool" | "None" | "Duration" | "Size" | "Percent";
  readonly value: number | boolean | null;
}

/** `"Roll {cluster.name}"`: strings are cooked, expressions parsed; one string part when nothing is interpolated. */
export interface TextNode {
  readonly kind: "Text";
  readonly span: Span;
  readonly parts: readonly (string | ExpressionNode)[];
  /** Written between `"""` and `"""`, over several lines. */
  readonly multiline: boolean;
}

/** `cluster` */
export interface ReferenceNode {
  readonly kind: "Reference";
  readonly span: Span;
  readonly name: string;
}

/** `node.profile` */
export interface MemberNode {
  readonly kind: "Member";
  readonly span: Span;
  readonly of: ExpressionNode;
  readonly name: NameNode;
}

/** `nodes[0]`, `labels["env"]` */
export interface IndexNode {
  readonly kind: "Index";
  readonly span: Span;
  readonly of: ExpressionNode;
  readonly at: ExpressionNode;
}

/** `node.update(image: image)`, `roll(cluster, image: "x")`: positional arguments come before named ones. */
export interface ApplyNode {
  readonly kind: "Apply";
  readonly span: Span;
  readonly callee: ExpressionNode;
  readonly arguments: readonly ArgumentNode[];
}

export interface ArgumentNode {
  readonly kind: "Argument";
  readonly span: Span;
  readonly name: NameNode | null;
  readonly value: ExpressionNode;
}

/** `[1, 2, 3]` */
export interface ListNode {
  readonly kind: "List";
  readonly span: Span;
  readonly items: readonly ExpressionNode[];
}

/** `Report { changed: 3 }` or `{ team: "shop", env: "prod" }`; fields are parted by commas or new lines. */
export interface RecordNode {
  readonly kind: "Record";
  readonly span: Span;
  readonly name: NameNode | null;
  readonly fields: readonly FieldNode[];
}

/** `size: 3`, `"content-type": "text/plain"` */
export interface FieldNode {
  readonly kind: "Field";
  readonly span: Span;
  readonly name: NameNode;
  readonly value: ExpressionNode;
}

/** `n => n.healthy`, `(a, b) => a + b` */
export interface LambdaNode {
  readonly kind: "Lambda";
  readonly span: Span;
  readonly parameters: readonly NameNode[];
  readonly body: ExpressionNode;
}

/** `not a`, `-a` */
export interface UnaryNode {
  readonly kind: "Unary";
  readonly span: Span;
  readonly operator: "not" | "-";
  readonly of: ExpressionNode;
}

export const binaryOperators = [
  "or",
  "and",
  "??",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "+",
  "-",
  "*",
  "/",
] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

/** `a + b`; `in` tests membership of a list, or of a map's keys. */
export interface BinaryNode {
  readonly kind: "Binary";
  readonly span: Span;
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
}

/** `if a then b else c` */
export interface ConditionalNode {
  readonly kind: "Conditional";
  readonly span: Span;
  readonly condition: ExpressionNode;
  readonly then: ExpressionNode;
  readonly otherwise: ExpressionNode;
}

/** `match tier { small => 1, large => 4 }` */
export interface MatchExpressionNode {
  readonly kind: "MatchExpression";
  readonly span: Span;
  readonly subject: ExpressionNode;
  readonly cases: readonly MatchCaseNode<ExpressionNode>[];
}

/** `careful(least: 60%) enforce warn`, `careful enforce deny unless admin`: only an item of a cluster's `policies`. */
export interface EnforcedNode {
  readonly kind: "Enforced";
  readonly span: Span;
  readonly of: ExpressionNode;
  /** `warn` or `deny`; checked later. */
  readonly level: NameNode;
  /** Who may override, with a reason: a role's name. */
  readonly unless: NameNode | null;
}

/** `3 in 2..10`: only as the value of a cluster's `size`; `start` is `3`. `2..10` alone has no `start`. */
export interface RangeNode {
  readonly kind: "Range";
  readonly span: Span;
  readonly start: ExpressionNode | null;
  readonly from: ExpressionNode;
  readonly to: ExpressionNode;
}

/** Stands where an expression should have been; the parser has reported it. */
export interface MissingNode {
  readonly kind: "Missing";
  readonly span: Span;
}
