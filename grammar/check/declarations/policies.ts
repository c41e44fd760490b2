import { suggest } from "../../diagnostics/suggest.ts";
import type { PlanHook, PlanPolicy } from "../../plan.ts";
import type { HookNode, NameNode, PolicyNode } from "../../syntax.ts";
import { any, int, listOf, optional, string, type Type, time } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { declareLocal, warnUnused } from "../declare-local.ts";
import { optionalCondition } from "../expressions/conditions.ts";
import { checkConstant } from "../expressions/constants.ts";
import { type Body, createBody, type HookedAction, innerLocals, type Local, outerLocals } from "../locals.ts";
import { checkBlock } from "../statements/statements.ts";
import type { DeclaredParameter } from "./parameters.ts";

/** Where a hook stands among others when it doesn't say: the lower one runs first. */
export const defaultPriority = 50;

/** What a hook knows of the action that asks: sizes after it, nodes that come or go, nodes that stay. */
const request: Type = {
  kind: "Record",
  name: null,
  fields: {
    action: string,
    size: int,
    count: int,
    remaining: int,
    arguments: any,
    leaving: listOf({ kind: "Node", profile: null }),
    touched: listOf({ kind: "Node", profile: null }),
    added: listOf({ kind: "Node", profile: null }),
    id: string,
  },
};
/** What a hook knows of its policy on this cluster: when it last had an effect, and what it keeps. */
const binding: Type = {
  kind: "Record",
  name: null,
  fields: { last_op: optional(time), data: any, policy_id: string },
};
const cluster: Type = { kind: "Cluster", profile: null };

/** A checked policy, and what its hooks call, for the call graph. */
export interface CheckedPolicy {
  readonly plan: PlanPolicy;
  readonly bodies: readonly { readonly hook: PlanHook; readonly body: Body }[];
}

export function checkPolicy(
  c: Checker,
  node: PolicyNode,
  parameters: readonly DeclaredParameter[],
): CheckedPolicy {
  const shared = outerLocals(createBody("before", node.name.text));
  const given: Local = { kind: "given", type: cluster, span: node.name.span, used: true };
  shared.names
    .set("cluster", given)
    .set("request", { ...given, type: request })
    .set("binding", { ...given, type: binding });
  for (const parameter of parameters)
    declareLocal(c, shared, parameter.node.name, "parameter", parameter.type);
  const counts = { before: 0, after: 0, ensure: 0, attach: 0, detach: 0 };
  const bodies = node.hooks.map((hook) => {
    counts[hook.phase] += 1;
    const id = `${node.name.text}.${hook.phase}-${counts[hook.phase]}`;
    const hooked = hookedActions(c, hook);
    const body = createBody(hook.phase, id, null, hooked);
    // Each hook is a body of its own; the parameters are the same, so that using one in any hook is a use.
    return { hook: checkHook(c, hook, { ...shared, body }, id), body };
  });
  warnUnused(c, shared);
  const plan = {
    doc: node.doc,
    ...(c.inLibrary ? { builtin: true as const } : {}),
    parameters: parameters.map((parameter) => parameter.plan),
    hooks: bodies.map(({ hook }) => hook),
    at: c.position(node.span),
  };
  return { plan, bodies };
}

function checkHook(c: Checker, node: HookNode, locals: ReturnType<typeof outerLocals>, id: string): PlanHook {
  const priority =
    node.priority === null ? defaultPriority : checkConstant(c, node.priority, int, "priority");
  return {
    id,
    phase: node.phase,
    actions: [...new Set(locals.body.hooked.map(({ name }) => name))],
    priority: typeof priority === "number" ? priority : defaultPriority,
    when: optionalCondition(c, node.when, locals),
    body: checkBlock(c, node.body, innerLocals(locals), id),
    at: c.position(node.span),
  };
}

/** What a hook stands before or after; as a policy is attached and detached, what does that. */
function hookedActions(c: Checker, node: HookNode): readonly HookedAction[] {
  if (node.phase !== "attach" && node.phase !== "detach")
    return node.actions.flatMap((name) => hookedAction(c, name) ?? []);
  const span = { start: node.span.start, end: node.span.start + node.phase.length };
  if (!c.inLibrary) c.report("only-in-library", span, { what: node.phase, instead: "write before or after" });
  const names =
    node.phase === "attach" ? ["CLUSTER_ATTACH_POLICY"] : ["CLUSTER_DETACH_POLICY", "CLUSTER_DELETE"];
  return names.map((name) => ({ name, span }));
}

/** In the library `any` is every action. `resize` is CLUSTER_RESIZE; `node_delete` is NODE_DELETE; an action of the program goes by its own name. */
function hookedAction(c: Checker, name: NameNode): HookedAction | undefined {
  const { text, span } = name;
  if (text === "any" && c.inLibrary) return { name: "*", span };
  const builtin = text.startsWith("node_") ? text.toUpperCase() : `CLUSTER_${text.toUpperCase()}`;
  const full = c.symbols.actions.has(text) ? text : text === text.toLowerCase() ? builtin : undefined;
  const action = full === undefined ? undefined : c.symbols.actions.get(full);
  if (full !== undefined && action !== undefined) {
    c.refer(span, "action", action.place ?? { builtin: full });
    return { name: full, span };
  }
  if (text === "") return undefined;
  const names = [...c.symbols.actions.keys()].map((action) =>
    c.symbols.actions.get(action)?.builtin === true ? action.replace(/^CLUSTER_/, "").toLowerCase() : action,
  );
  const near = suggest(text, names);
  c.reportNear(near, "unknown-action", name.span, {
    name: text,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
  return undefined;
}
