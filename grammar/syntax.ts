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
  | PluginNode
  | ParamNode
  | RecordTypeNode
  | ProfileNode
  | ClusterNode
  | PolicyNode
  | ActionNode;

/** A name as written, with its place. */
export interface NameNode {
  readonly kind: "Name";
  readonly span: Span;
  readonly text: string;
}

/** `/// Never takes more away than it can spare.` lines above a declaration, joined by newlines, markers removed. */
export type Doc = string | null;

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

/** `before resize, scale_in priority 50 when cluster.labels.env == "prod" { … }` */
export interface HookNode {
  readonly kind: "Hook";
  readonly span: Span;
  readonly phase: "before" | "after";
  readonly actions: readonly NameNode[];
  readonly priority: ExpressionNode | null;
  readonly when: ExpressionNode | null;
  readonly body: BlockNode;
}

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

/** `at_once: Int = 2` */
export interface ParameterNode {
  readonly kind: "Parameter";
  readonly span: Span;
  readonly name: NameNode;
  readonly type: TypeNode;
  readonly value: ExpressionNode | null;
}

/** `Int`, `String?`, `List<String>`, `Cluster<docker.container>`: `plugin` is the part before a dot. */
export interface TypeNode {
  readonly kind: "Type";
  readonly span: Span;
  readonly plugin: NameNode | null;
  readonly name: NameNode;
  readonly of: readonly TypeNode[];
  readonly optional: boolean;
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
  | TryNode
  | WaitNode
  | WaitUntilNode
  | EmitNode
  | FailNode
  | ReturnNode
  | DenyNode
  | ChooseNode
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

/** `emit "rolled" { cluster: cluster.name, image: image }` */
export interface EmitNode {
  readonly kind: "Emit";
  readonly span: Span;
  readonly name: ExpressionNode;
  readonly fields: RecordNode | null;
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

/** `choose cluster.nodes.sort(n => [n.healthy, n.created_at])`: victims, the first one first; only in a `before`. */
export interface ChooseNode {
  readonly kind: "Choose";
  readonly span: Span;
  readonly nodes: ExpressionNode;
}

/** `batch 2 pause 30s`: at most two nodes at once, half a minute between; only in a policy's `before`. */
export interface BatchNode {
  readonly kind: "Batch";
  readonly span: Span;
  readonly size: ExpressionNode;
  readonly pause: ExpressionNode | null;
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
  | RangeNode
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
