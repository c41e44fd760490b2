import type { PlanCluster } from "../../plan.ts";
import type { PlanTest, TestStatement } from "../../plan-test.ts";
import type { DeclarationNode, LetNode, TestNode, TestStatementNode } from "../../syntax.ts";
import { bool, listOf, unknown } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { plainText } from "../declarations/plugins.ts";
import { declareLocal, warnUnused } from "../declare-local.ts";
import { checkAs, expectType } from "../expressions/expect-type.ts";
import { createBody, innerLocals, type Locals, outerLocals } from "../locals.ts";
import { checkGiven } from "./test-givens.ts";
import { declareRunNames, isRunName } from "./test-names.ts";
import { checkRun } from "./test-runs.ts";

/** What a test's statements are checked with. */
export interface TestContext {
  readonly clusters: ReadonlyMap<string, PlanCluster>;
  /** Sizes that `given` says, where they are known already. */
  readonly sizes: Map<string, number>;
  /** Whether a `run` stands before this statement. */
  hasRun: boolean;
}

/** Checks `test` blocks, in source order. They are no part of the plan. */
export function checkTests(
  c: Checker,
  nodes: readonly DeclarationNode[],
  clusters: ReadonlyMap<string, PlanCluster>,
): readonly PlanTest[] {
  const seen = new Map<string, TestNode>();
  return nodes.flatMap((node) => {
    if (node.kind !== "Test") return [];
    const name = plainText(node.name);
    if (name === undefined) return [];
    const before = seen.get(name);
    if (before === undefined) seen.set(name, node);
    else {
      c.reportWith(
        { notes: [{ span: before.name.span, message: "declared here before" }] },
        "duplicate-name",
        node.name.span,
        { name },
      );
    }
    return [checkTest(c, node, name, clusters)];
  });
}

function checkTest(
  c: Checker,
  node: TestNode,
  name: string,
  clusters: ReadonlyMap<string, PlanCluster>,
): PlanTest {
  const outer = outerLocals(createBody("test", name));
  let cases: PlanTest["cases"] = null;
  if (node.cases !== null) {
    const constants = outerLocals(createBody("constant", name));
    const given = c.expression(node.cases.list, constants); // its own items say what `each` is
    const list = expectType(c, given, listOf(unknown), node.cases.list.span);
    const type = list.type.kind === "List" ? list.type.of : unknown;
    declareLocal(c, outer, node.cases.name, "loop", type);
    cases = { name: node.cases.name.text, list: list.expression };
  }
  // One scope for the whole test, so that a later run's names take the place of an earlier one's.
  const locals = innerLocals(outer);
  const context: TestContext = { clusters, sizes: new Map(), hasRun: false };
  const statements = node.statements.flatMap((statement) => checkStatement(c, statement, locals, context));
  warnUnused(c, locals);
  const idle = !node.statements.some(({ kind }) => kind === "Run" || kind === "Expect");
  if (idle) c.report("tests-nothing", node.name.span, { name });
  const at = c.position({ start: node.span.start, end: node.name.span.end });
  return { name, at, cases, statements };
}

function checkStatement(
  c: Checker,
  node: TestStatementNode,
  locals: Locals,
  context: TestContext,
): readonly TestStatement[] {
  const at = c.position(node.span);
  switch (node.kind) {
    case "Let":
      return checkLet(c, node, locals);
    case "Expect":
      return [{ kind: "expect", at, condition: checkAs(c, node.condition, locals, bool).expression }];
    case "Run": {
      const run = checkRun(c, node, locals);
      context.hasRun = true;
      declareRunNames(locals.parent ?? locals, {
        result: run?.result ?? null,
        fails: node.expect !== null,
        span: node.span,
      });
      return run === undefined ? [] : [{ ...run.statement, at }];
    }
    default:
      return checkGiven(c, node, locals, context);
  }
}

function checkLet(c: Checker, node: LetNode, locals: Locals): readonly TestStatement[] {
  const value = c.expression(node.value, locals);
  if (isRunName(node.name.text)) {
    c.report("duplicate-name", node.name.span, { name: node.name.text });
    return [];
  }
  declareLocal(c, locals, node.name, "let", value.type);
  return [{ kind: "let", at: c.position(node.span), name: node.name.text, value: value.expression }];
}
