import type { PrimitiveStep } from "../../plan.ts";
import type { ApplyNode, MemberNode } from "../../syntax.ts";
import { any, bool, int, listOf, mapOf, optional, string, type Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkLooseArguments, matchArguments } from "../expressions/arguments.ts";
import { checkAs } from "../expressions/expect-type.ts";
import type { Locals } from "../locals.ts";
import { own } from "../symbols.ts";
import { failed, type Typed } from "../types/typed.ts";
import type { Called } from "./acting.ts";

interface Primitive {
  readonly primitive: PrimitiveStep["primitive"];
  readonly arguments: Readonly<Record<string, Type>>;
  /** What a program writes. */
  readonly instead: string;
}

const nodes: Type = listOf({ kind: "Node", profile: null });
const maybeText = optional(string);
const maybeInt = optional(int);
const maybeMap = optional(mapOf(any));

/** Changes to the engine's own records, which only the library may ask for; none leaves a field as it is. */
const primitives: Readonly<Record<"Cluster" | "Node", Readonly<Record<string, Primitive>>>> = {
  Cluster: {
    new_nodes: {
      primitive: "add_nodes",
      arguments: { count: int, standby: optional(bool) },
      instead: "write cluster.scale_out(…) or cluster.resize(…)",
    },
    set_size: {
      primitive: "set_size",
      arguments: { size: int, min: maybeInt, max: maybeInt },
      instead: "write cluster.resize(…)",
    },
    set_properties: {
      primitive: "set_profile",
      arguments: { properties: mapOf(any) },
      instead: "write cluster.set_profile(…)",
    },
    remove: { primitive: "remove_cluster", arguments: {}, instead: "write cluster.delete()" },
    change: {
      primitive: "change_cluster",
      arguments: {
        name: maybeText,
        metadata: maybeMap,
        timeout: maybeInt,
        config: maybeMap,
        min: maybeInt,
        max: maybeInt,
        profile: maybeText,
        maintenance: maybeMap,
        overrides: maybeMap,
        data: maybeMap,
      },
      instead: "write cluster.update(…)",
    },
    join: { primitive: "join_nodes", arguments: { nodes }, instead: "write cluster.add_nodes(…)" },
    switch: {
      primitive: "switch_nodes",
      arguments: { incoming: nodes, outgoing: nodes },
      instead: "write cluster.blue_green(…)",
    },
    leave: { primitive: "leave_nodes", arguments: { nodes }, instead: "write cluster.del_nodes(…)" },
    attach: {
      primitive: "attach_policy",
      arguments: { policy: string, enabled: bool },
      instead: "write cluster.attach_policy(…)",
    },
    detach: {
      primitive: "detach_policy",
      arguments: { policy: string },
      instead: "write cluster.detach_policy(…)",
    },
    enable: {
      primitive: "enable_policy",
      arguments: { policy: string, enabled: optional(bool) },
      instead: "write cluster.update_policy(…)",
    },
  },
  Node: {
    change: {
      primitive: "change_node",
      arguments: {
        name: maybeText,
        role: maybeText,
        metadata: maybeMap,
        tainted: optional(bool),
        protected: optional(bool),
        standby: optional(bool),
        maintenance: maybeMap,
        status: maybeText,
        reason: maybeText,
        data: maybeMap,
      },
      instead: "write node.update(…)",
    },
  },
};

/** A call such as `cluster.set_size(3)` on a receiver of this kind; `undefined` when no change has this name. */
export function checkPrimitiveCall(
  c: Checker,
  q: {
    readonly node: ApplyNode;
    readonly callee: MemberNode;
    readonly receiver: Typed;
    readonly type: Type & { readonly kind: "Cluster" | "Node" };
    readonly locals: Locals;
  },
): Called | undefined {
  const { kind, profile } = q.type;
  const { text: name, span } = q.callee.name;
  const found = own(primitives[kind], name);
  if (found === undefined) return undefined;
  const of = kind.toLowerCase();
  const what = `${of}.${name}`;
  if (!c.inLibrary) {
    c.report("only-in-library", span, { what, instead: found.instead });
    checkLooseArguments(c, q.node, q.locals);
    return { value: failed };
  }
  const given = matchArguments(c, {
    call: q.node,
    of: what,
    span,
    locals: q.locals,
    accepted: Object.entries(found.arguments).map(([argument, type]) => ({
      name: argument,
      required: type.kind !== "Optional",
      check: (node) => checkAs(c, node, q.locals, type).expression,
    })),
  });
  const { primitive } = found;
  return {
    acting: {
      call: { kind: "primitive", primitive, arguments: { [of]: q.receiver.expression, ...given } },
      result: primitive === "add_nodes" ? listOf({ kind: "Node", profile }) : null,
      what,
    },
  };
}
