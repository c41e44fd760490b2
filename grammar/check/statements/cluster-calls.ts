import { suggest } from "../../diagnostics/suggest.ts";
import type { Expression } from "../../plan.ts";
import type { ApplyNode, MemberNode } from "../../syntax.ts";
import { any, string, type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkLooseArguments, matchArguments } from "../expressions/arguments.ts";
import { checkAs } from "../expressions/expect-type.ts";
import { checkFunctionCall, functionNames } from "../expressions/function-calls.ts";
import type { Locals } from "../locals.ts";
import { profileTypeOf } from "../symbols.ts";
import { failed, type Typed } from "../types/typed.ts";
import type { Called } from "./acting.ts";
import { checkPerform } from "./perform-calls.ts";
import { acceptProperties } from "./plugin-calls.ts";
import { checkPrimitiveCall } from "./primitive-calls.ts";

interface ClusterCall {
  readonly node: ApplyNode;
  readonly callee: MemberNode;
  readonly receiver: Typed;
  readonly type: Type & { kind: "Cluster" };
  readonly locals: Locals;
}

/** `cluster.resize(8)`, `storefront.roll(image: "x")`, `cluster.set_profile(image: "x")`, `cluster.victims(2)` */
export function checkClusterCall(c: Checker, q: ClusterCall): Called {
  const name = q.callee.name.text;
  const primitive = c.inLibrary ? checkPrimitiveCall(c, q) : undefined;
  if (primitive !== undefined) return primitive;
  const action = clusterActionNamed(c, name);
  if (action !== undefined) {
    const receiver = { typed: q.receiver, node: q.callee.of };
    const span = q.callee.name.span;
    return { acting: checkPerform(c, { node: q.node, name: action, span, locals: q.locals, receiver }) };
  }
  if (name === "set_profile") return checkSetProfile(c, q);
  if (name === "ask") return checkAsk(c, q);
  const misplaced = checkPrimitiveCall(c, q);
  if (misplaced !== undefined) return misplaced;
  if (functionNames(q.type).includes(name)) {
    return { value: checkFunctionCall(c, q.node, q.callee, q.receiver, q.locals) };
  }
  checkLooseArguments(c, q.node, q.locals);
  if (name === "") return { value: failed };
  const names = [...clusterMethods(c), "set_profile", ...functionNames(q.type)];
  const near = suggest(name, names);
  c.reportNear(near, "unknown-operation", q.callee.name.span, {
    of: typeName(q.type),
    name,
    names,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
  return { value: failed };
}

/** `resize` is CLUSTER_RESIZE; else an action of the program whose first parameter is a cluster. */
function clusterActionNamed(c: Checker, name: string): string | undefined {
  const builtin = `CLUSTER_${name.toUpperCase()}`;
  if (name === name.toLowerCase() && c.symbols.actions.has(builtin)) return builtin;
  return c.symbols.actions.get(name)?.parameters[0]?.type.kind === "Cluster" ? name : undefined;
}

function clusterMethods(c: Checker): readonly string[] {
  return [...c.symbols.actions].flatMap(([name, action]) => {
    if (action.parameters[0]?.type.kind !== "Cluster") return [];
    return [name.startsWith("CLUSTER_") ? name.slice("CLUSTER_".length).toLowerCase() : name];
  });
}

/** `cluster.ask("server_group_create", { name: "web" })`: a function of the plugin behind the cluster's profile, by name. */
function checkAsk(c: Checker, q: ClusterCall): Called {
  const what = "cluster.ask";
  const { span } = q.callee.name;
  if (!c.inLibrary) {
    c.report("only-in-library", span, { what, instead: "call the plugin's function by its name" });
    checkLooseArguments(c, q.node, q.locals);
    return { value: failed };
  }
  const given = matchArguments(c, {
    call: q.node,
    of: what,
    span,
    locals: q.locals,
    accepted: [
      { name: "function", required: true, check: (node) => checkAs(c, node, q.locals, string).expression },
      { name: "arguments", required: true, check: (node) => checkAs(c, node, q.locals, any).expression },
    ],
  });
  const nothing: Expression = { op: "literal", value: null };
  const { function: called = nothing, arguments: values = nothing } = given;
  return {
    acting: {
      call: { kind: "ask", cluster: q.receiver.expression, function: called, arguments: values },
      result: any,
      what,
    },
  };
}

/** `cluster.set_profile(image: "x")`: what nodes to come are made from. */
function checkSetProfile(c: Checker, q: ClusterCall): Called {
  const schema = q.type.profile === null ? undefined : profileTypeOf(c.symbols, q.type.profile);
  const what = "cluster.set_profile";
  const { span } = q.callee.name;
  if (schema === undefined) {
    c.report("unknown-shape", q.callee.of.span, {
      help: "say which profile it has: Cluster<plugin.profile_type>",
    });
    checkLooseArguments(c, q.node, q.locals);
    return { value: failed };
  }
  const accepted = acceptProperties(c, schema.properties, q.locals, q.type.profile ?? "").map((property) => ({
    ...property,
    required: false,
  }));
  const named = `${accepted[0]?.name ?? "property"}: …`;
  const given = matchArguments(c, { call: q.node, of: what, span, accepted, locals: q.locals, named });
  if (q.node.arguments.length === 0)
    c.report("missing-argument", span, { of: what, wanted: "at least one property", example: named });
  return {
    acting: {
      call: {
        kind: "primitive",
        primitive: "set_profile",
        arguments: {
          cluster: q.receiver.expression,
          properties: { op: "record", fields: Object.entries(given) },
        },
      },
      result: null,
      what,
    },
  };
}
