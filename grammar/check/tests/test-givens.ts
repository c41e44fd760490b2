import { didYouMean } from "../../diagnostics/suggest.ts";
import type { GivenCall, TestNodeRef, TestStatement } from "../../plan-test.ts";
import type {
  GivenApprovalNode,
  GivenCallNode,
  GivenClusterNode,
  GivenLockNode,
  GivenNodeNode,
  GivenTimeNode,
  TestNodeRefNode,
} from "../../syntax.ts";
import { int, string, time } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { closedValue, evaluateConstant } from "../expressions/constants.ts";
import { checkAs } from "../expressions/expect-type.ts";
import { knownWord } from "../expressions/unknown-word.ts";
import { createBody, type Locals, outerLocals } from "../locals.ts";
import { replacing } from "../replacing.ts";
import { checkLimited, optionallyLimited } from "../statements/limits.ts";
import { parseOnce } from "../triggers/schedule-text.ts";
import { useSymbol } from "../uses.ts";
import type { TestContext } from "./test-blocks.ts";
import { fakedCall } from "./test-calls.ts";

type GivenNode =
  | GivenClusterNode
  | GivenNodeNode
  | GivenCallNode
  | GivenApprovalNode
  | GivenTimeNode
  | GivenLockNode;

/** One `given`: how the world of a test is, and what drivers and people do in it. */
export function checkGiven(
  c: Checker,
  node: GivenNode,
  locals: Locals,
  context: TestContext,
): readonly TestStatement[] {
  const at = c.position(node.span);
  switch (node.kind) {
    case "GivenCluster":
      return givenCluster(c, node, locals, context);
    case "GivenNode": {
      const ref = nodeRef(c, node.node, locals, context, false);
      const state = knownWord(c, node.state, "state of a node", ["sick", "broken", "missing"]);
      return ref === undefined || state === undefined ? [] : [{ kind: "given_node", at, node: ref, state }];
    }
    case "GivenCall":
      return givenCall(c, node, locals, context);
    case "GivenApproval": {
      const answer = knownWord(c, node.answer, "answer to an approval", ["granted", "refused", "absent"]);
      const after = optionallyLimited(c, node.after, locals, "wait");
      return answer === undefined ? [] : [{ kind: "given_approval", at, answer, after }];
    }
    case "GivenTime":
      return givenTime(c, node);
    case "GivenLock": {
      const name = checkAs(c, node.name, locals, string).expression;
      const taken = checkLimited(c, node.duration, locals, "wait");
      return [{ kind: "given_lock", at, name, duration: taken }];
    }
  }
}

function givenCluster(
  c: Checker,
  node: GivenClusterNode,
  locals: Locals,
  context: TestContext,
): readonly TestStatement[] {
  const name = node.cluster.text;
  const count = checkAs(c, node.count, locals, int);
  const cluster = knownCluster(c, node.cluster, context);
  if (context.hasRun) {
    const keyword = { start: node.span.start, end: node.span.start + "given".length };
    const where = "before the first `run`: later, actions change the size";
    c.report("misplaced-statement", keyword, { statement: "given … of … nodes", where });
    return [];
  }
  if (cluster === undefined) return [];
  const value = count.type.kind === "Unknown" ? undefined : closedValue(count.expression);
  if (typeof value === "number") {
    context.sizes.set(name, value);
    const most = cluster.maximum ?? Number.MAX_SAFE_INTEGER;
    if (value < cluster.minimum || value > most) {
      const to = cluster.maximum === null ? "or more" : `to ${cluster.maximum}`;
      c.report("out-of-range", node.count.span, {
        name: `size of ${name}`,
        value: String(value),
        allowed: `${cluster.minimum} ${to}`,
      });
    }
  }
  return [{ kind: "given_cluster", at: c.position(node.span), cluster: name, count: count.expression }];
}

function knownCluster(c: Checker, node: GivenClusterNode["cluster"], context: TestContext) {
  const cluster = context.clusters.get(node.text);
  const symbol = c.symbols.clusters.get(node.text);
  if (symbol !== undefined) useSymbol(c, { span: node.span, kind: "cluster", name: node.text, symbol });
  if (cluster === undefined && node.text !== "") {
    c.report("unknown-name", node.span, {
      name: node.text,
      why: "no cluster of this name",
      help: didYouMean(node.text, context.clusters.keys()),
    });
  }
  return cluster;
}

/** `node 2 of storefront`; the cluster may be left out where there is one. `mayCome`: it need not be there yet. */
function nodeRef(
  c: Checker,
  node: TestNodeRefNode,
  locals: Locals,
  context: TestContext,
  mayCome: boolean,
): TestNodeRef | undefined {
  const index = checkLimited(c, node.index, locals, "index of a node");
  if (node.cluster === null && context.clusters.size !== 1) {
    c.report("missing-cluster", node.span, { names: [...context.clusters.keys()] });
    return undefined;
  }
  const [only] = context.clusters.keys();
  const name = node.cluster?.text ?? only ?? "";
  const cluster = node.cluster === null ? context.clusters.get(name) : knownCluster(c, node.cluster, context);
  if (cluster === undefined) return undefined;
  const size = context.sizes.get(name) ?? cluster.size;
  const value = closedValue(index);
  if (typeof value === "number" && value > size && !context.hasRun && !mayCome) {
    c.report("out-of-range", node.index.span, {
      name: "index of a node",
      value: String(value),
      allowed: size === 0 ? `none: ${name} has no nodes` : `1 to ${size}, the nodes of ${name}`,
    });
  }
  return { cluster: name, index };
}

function givenCall(
  c: Checker,
  node: GivenCallNode,
  locals: Locals,
  context: TestContext,
): readonly TestStatement[] {
  const ref = node.node === null ? null : nodeRef(c, node.node, locals, context, true);
  const target = fakedCall(c, node, ref ?? null, context);
  const times = optionallyLimited(c, node.times, locals, "times");
  let effect: GivenCall["effect"];
  switch (node.effect) {
    case "fails":
      effect = {
        kind: "fails",
        message: node.value === null ? null : checkAs(c, node.value, locals, string).expression,
        code: node.code === null ? null : checkAs(c, node.code, locals, string).expression,
        retryable: !node.final,
      };
      break;
    case "takes":
      if (node.value === null) return [];
      effect = { kind: "takes", duration: checkLimited(c, node.value, locals, "wait") };
      break;
    case "returns":
      if (node.value === null) return [];
      if (target !== undefined && target.result === null)
        c.report("no-result", node.operation.span, {
          what: target.what,
          help: "say that it fails or how long it takes",
        });
      effect = {
        kind: "returns",
        value:
          target?.result == null
            ? c.expression(node.value, locals).expression
            : checkAs(c, node.value, locals, target.result).expression,
      };
  }
  if (target === undefined || ref === undefined) return [];
  return [
    {
      kind: "given_call",
      at: c.position(node.span),
      plugin: node.plugin?.text ?? null,
      operation: node.operation.text,
      node: ref,
      effect,
      times,
    },
  ];
}

/** A time that is known when the program is compiled: a text as of `at`, in UTC. */
function givenTime(c: Checker, node: GivenTimeNode): readonly TestStatement[] {
  const typed = c.expression(node.time, outerLocals(createBody("constant", "given time")));
  if (typed.type.kind === "Unknown") return [];
  const at = c.position(node.span);
  if (typed.type.kind !== "String" && typed.type.kind !== "Time") {
    checkAs(c, node.time, outerLocals(createBody("constant", "given time")), time);
    return [];
  }
  const value = evaluateConstant(c, node.time, typed.expression);
  if (typeof value === "number") return [{ kind: "given_time", at, milliseconds: value }];
  if (typeof value !== "string") return [];
  const read = parseOnce(value);
  if ("schedule" in read)
    return [{ kind: "given_time", at, milliseconds: Date.parse(`${read.schedule.time}:00Z`) }];
  const fix = node.time.kind === "Text" ? replacing(node.time.span, read.instead) : {};
  c.reportWith(fix, "bad-schedule", node.time.span, { problem: read.problem, help: read.help });
  return [];
}
