import { suggest } from "../../diagnostics/suggest.ts";
import type { Expression } from "../../plan.ts";
import type { ProfileTypeSchema, PropertySchema } from "../../plugin-schema.ts";
import type { ApplyNode, ExpressionNode, MemberNode } from "../../syntax.ts";
import { any, bool, duration, int, mapOf, optional, string, type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { warnDeprecated } from "../declarations/deprecations.ts";
import { type Accepted, checkLooseArguments, matchArguments } from "../expressions/arguments.ts";
import { checkAs } from "../expressions/expect-type.ts";
import type { Locals } from "../locals.ts";
import { own, profileTypeOf } from "../symbols.ts";
import { propertyType } from "../types/property-types.ts";
import { failed, type Typed } from "../types/typed.ts";
import type { Called } from "./acting.ts";
import { checkPerform } from "./perform-calls.ts";
import { acceptProperties } from "./plugin-calls.ts";
import { checkPrimitiveCall } from "./primitive-calls.ts";

interface NodeCall {
  readonly node: ApplyNode;
  readonly callee: MemberNode;
  readonly receiver: Typed;
  readonly type: Type & { kind: "Node" };
  readonly locals: Locals;
}

/**
 * The engine does these on every node: `check` looks at it, `recreate` makes its resource anew, `perform` asks its driver
 * for an operation by name.
 */
const engineOperations = ["check", "recreate", "perform"] as const;
/** What they are given; the library alone says more than programs may. */
const engineArguments: Readonly<Record<string, Readonly<Record<string, Type>>>> = {
  perform: { operation: string, params: any },
};
const libraryArguments: Readonly<Record<string, Readonly<Record<string, Type>>>> = {
  check: { confirm: optional(bool) },
  delete: { stop_first: optional(bool) },
  recreate: { forced: optional(bool), delete_timeout: optional(int), even_so: optional(bool) },
  perform: { operation: string, params: any, recovers: optional(bool), if_able: optional(bool) },
  converge: { profile: optional(string) },
  scale_vertically: { properties: mapOf(any) },
  suspend: { instead: optional(string) },
  resume: { instead: optional(string) },
};
/** Only for the built-in actions, with what others write. */
const libraryOperations = {
  create: "write cluster.scale_out(…)",
  delete: "write cluster.scale_in(…)",
  converge: "write cluster.update()",
  scale_vertically: "write cluster.scale_vertically(…)",
} as const;
/** Every driver's own affair: the engine calls them, programs don't. */
const hiddenOperations = new Set(["create", "delete", "get", "find", "update"]);
/** What may be asked of a node whose profile is not known; a driver without it refuses. */
const commonOperations = ["start", "stop", "restart", "pause", "suspend", "resume"] as const;

/** `node.update(image: "x")`, `node.restart()`: an operation of the node's driver. */
export function checkNodeCall(c: Checker, q: NodeCall): Called {
  const name = q.callee.name.text;
  const schema = q.type.profile === null ? undefined : profileTypeOf(c.symbols, q.type.profile);
  if (c.symbols.actions.get(name)?.parameters[0]?.type.kind === "Node") {
    const receiver = { typed: q.receiver, node: q.callee.of };
    return {
      acting: checkPerform(c, { node: q.node, name, span: q.callee.name.span, locals: q.locals, receiver }),
    };
  }
  if (name === "update") return checkUpdate(c, q, schema);
  if (Object.hasOwn(libraryOperations, name)) {
    if (c.inLibrary) return operate(c, q, engineAccepts(c, q), undefined);
    const instead = libraryOperations[name as keyof typeof libraryOperations];
    return refuse(c, q, () =>
      c.report("only-in-library", q.callee.name.span, { what: `node.${name}`, instead }),
    );
  }
  if (engineOperations.some((operation) => operation === name))
    return operate(c, q, engineAccepts(c, q), undefined);
  const builtin = `NODE_${name.toUpperCase()}`;
  if (name === "recover" && c.symbols.actions.has(builtin)) {
    const receiver = { typed: q.receiver, node: q.callee.of };
    const { span } = q.callee.name;
    return { acting: checkPerform(c, { node: q.node, name: builtin, span, locals: q.locals, receiver }) };
  }
  const primitive = checkPrimitiveCall(c, q);
  if (primitive !== undefined) return primitive;
  if (name === "await_lifecycle" && c.inLibrary) return checkLifecycle(c, q);
  const found = hiddenOperations.has(name) ? undefined : own(schema?.operations, name);
  if (found !== undefined) {
    const of = `${q.type.profile}.${name}`;
    const { span } = q.callee.name;
    c.refer(span, "operation", { builtin: of });
    warnDeprecated(c, { what: `operation "${name}"`, span, deprecated: found.deprecated });
    return operate(c, q, acceptProperties(c, found.arguments ?? {}, q.locals, of), found.result);
  }
  if (schema === undefined && commonOperations.some((operation) => operation === name))
    return operate(c, q, c.inLibrary ? engineAccepts(c, q) : [], undefined);
  return refuse(c, q, () => reportUnknownOperation(c, q, schema));
}

/** `node.await_lifecycle(hooks, within: 5m)`: only the library takes nodes away. */
function checkLifecycle(c: Checker, q: NodeCall): Called {
  const what = "node.await_lifecycle";
  const accepted = Object.entries({ hook: any, within: duration }).map(([name, type]) => ({
    name,
    required: true,
    check: (node: ExpressionNode) => checkAs(c, node, q.locals, type).expression,
  }));
  const nothing: Expression = { op: "literal", value: null };
  const { hook = nothing, within = nothing } = matchArguments(c, {
    call: q.node,
    of: what,
    span: q.callee.name.span,
    accepted,
    locals: q.locals,
  });
  return {
    acting: { call: { kind: "lifecycle", node: q.receiver.expression, hook, within }, result: null, what },
  };
}

function engineAccepts(c: Checker, q: NodeCall): readonly Accepted[] {
  const types = own(c.inLibrary ? libraryArguments : engineArguments, q.callee.name.text) ?? {};
  return Object.entries(types).map(([name, type]) => ({
    name,
    required: type.kind !== "Optional" && name !== "params",
    check: (node) => checkAs(c, node, q.locals, type).expression,
  }));
}

function operate(
  c: Checker,
  q: NodeCall,
  accepted: readonly Accepted[],
  result: PropertySchema | undefined,
  named?: string,
): Called {
  const operation = q.callee.name.text;
  const what = `node.${operation}`;
  const { span } = q.callee.name;
  if (engineOperations.some((one) => one === operation) || operation === "update")
    c.refer(span, "operation", { builtin: `Node.${operation}` });
  const given = matchArguments(c, {
    call: q.node,
    of: what,
    span,
    accepted,
    locals: q.locals,
    ...(named === undefined ? {} : { named }),
  });
  return {
    acting: {
      call: { kind: "operate", node: q.receiver.expression, operation, arguments: given },
      result: result === undefined ? null : propertyType(result),
      what,
    },
  };
}

function checkUpdate(c: Checker, q: NodeCall, schema: ProfileTypeSchema | undefined): Called {
  if (schema === undefined) {
    return refuse(c, q, () =>
      c.report("unknown-shape", q.callee.of.span, {
        help: "say which profile it has: Node<plugin.profile_type>",
      }),
    );
  }
  const updatable = Object.fromEntries(
    Object.entries(schema.properties).filter(([, property]) => property.updatable),
  );
  const names = Object.keys(updatable);
  if (names.length === 0) return refuse(c, q, () => reportUnknownOperation(c, q, schema));
  if (q.node.arguments.length === 0) {
    const wanted = `a property to change: ${names.join(", ")}`;
    return refuse(c, q, () =>
      c.report("missing-argument", q.callee.name.span, {
        of: "node.update",
        wanted,
        example: `${names[0]}: …`,
      }),
    );
  }
  const accepted = acceptProperties(c, updatable, q.locals, q.type.profile ?? "").map((property) => ({
    ...property,
    required: false,
  }));
  return operate(c, q, accepted, undefined, `${names[0]}: …`);
}

function refuse(c: Checker, q: NodeCall, report: () => void): Called {
  if (q.callee.name.text !== "") report();
  checkLooseArguments(c, q.node, q.locals);
  return { value: failed };
}

function reportUnknownOperation(c: Checker, q: NodeCall, schema: ProfileTypeSchema | undefined): void {
  const name = q.callee.name.text;
  const own =
    schema === undefined
      ? commonOperations
      : Object.keys(schema.operations).filter((key) => !hiddenOperations.has(key));
  const canUpdate =
    schema !== undefined && Object.values(schema.properties).some((property) => property.updatable);
  const names = [...engineOperations, ...(canUpdate ? ["update"] : []), ...own];
  const near = suggest(name, names);
  c.reportNear(near, "unknown-operation", q.callee.name.span, {
    of: typeName(q.type),
    name,
    names,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
}
