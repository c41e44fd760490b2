import { showDuration } from "../../grammar/evaluate/show-value.ts";
import type { Value } from "../../grammar/plan.ts";
import type { RunStatement } from "../../grammar/plan-test.ts";
import type { Failure, FinishRequest } from "../../workflows/activities.ts";
import { showIn } from "./explain-expectation.ts";
import type { LocalEvent } from "./local-records.ts";
import { runLocally } from "./run-locally.ts";
import type { TestProblem, TestRequest } from "./run-test.ts";
import type { DriverCall } from "./scripted-drivers.ts";
import type { CaseState } from "./test-case.ts";

/** `run`: runs an action in virtual time, keeps what can be expected of it, and says if it ended otherwise than it should. */
export async function performRun(
  q: TestRequest,
  state: CaseState,
  statement: RunStatement,
): Promise<TestProblem | null> {
  const { fake } = state;
  const { clock, drivers } = fake;
  const inputs = Object.fromEntries(
    Object.entries(statement.arguments).map(([name, value]) => [name, state.value(value)]),
  );
  const reason = statement.override === null ? null : String(state.value(statement.override));
  const cancelAfter = statement.cancelAfter === null ? null : Number(state.value(statement.cancelAfter));
  const begun = clock.now();
  const events: LocalEvent[] = [];
  state.runs += 1;
  state.questions = 0;
  drivers.calls.length = 0;
  const cancel = new AbortController();
  const over = new AbortController();
  if (cancelAfter !== null)
    void clock.sleep(cancelAfter, over.signal).then(() => over.signal.aborted || cancel.abort());
  const { end, elapsedMs } = await clock.drive(
    runLocally(fake, {
      plan: q.plan,
      action: statement.action,
      inputs,
      actionId: `run-${state.runs}`,
      cause: "test",
      override: reason === null ? null : { reason, by: "test", roles: rolesOf(q) },
      cancel: cancel.signal,
      tell: { event: (event) => events.push(event) },
      ...(q.step === undefined ? {} : { step: q.step }),
    }),
  );
  over.abort();
  const { values } = state.scope;
  const world = state.world();
  const calls = [...drivers.calls];
  values.set("result", end.outputs);
  values.set("failure", failureValue(end.failure, statement));
  values.set(
    "calls",
    calls.map((call) => callValue(state, call, begun)),
  );
  values.set(
    "events",
    events.map(({ name, fields, at }) => ({ name, fields: fields as Value, at: at - begun })),
  );
  values.set("warnings", warningsOf(end));
  values.set("elapsed", elapsedMs);
  state.calls = calls.map((call) => callLine(state, call, begun, (value) => showIn(value, world)));
  return judge(
    statement,
    end,
    statement.expect?.message == null ? null : String(state.value(statement.expect.message)),
  );
}

/** Whoever overrides in a test may do so. */
function rolesOf(q: TestRequest): readonly string[] {
  const named = Object.values(q.plan.clusters).flatMap(({ policies }) =>
    policies.flatMap(({ enforce }) => (enforce.level === "deny-unless" ? [enforce.role] : [])),
  );
  return [...new Set(["admin", "operator", "member", "reader", ...named])];
}

function failureValue(failure: Failure | null, statement: RunStatement): Value {
  if (failure === null) return null;
  return { message: failure.message, code: failure.code, line: failure.at?.line ?? statement.at.line };
}

function callValue(state: CaseState, call: DriverCall, begun: number): Value {
  const { operation, ok } = call;
  return { operation, node: nodeName(state, call), arguments: call.arguments, ok, at: call.at - begun };
}

/** Ids are names here, so a node that is gone still has one. */
function nodeName(state: CaseState, { nodeId }: DriverCall): string | null {
  return nodeId === null ? null : (state.fake.store.node(nodeId)?.name ?? nodeId);
}

function callLine(state: CaseState, call: DriverCall, begun: number, show: (value: Value) => string): string {
  const given = Object.entries(call.arguments).map(([name, value]) => `${name}: ${show(value)}`);
  const name = nodeName(state, call);
  const what = `${name === null ? "" : `${name}.`}${call.operation}(${given.join(", ")})`;
  return `${showDuration(call.at - begun).padStart(8)}  ${what}${call.ok ? "" : "  failed"}`;
}

function warningsOf(end: FinishRequest): readonly string[] {
  return end.decisions
    .filter(({ decision }) => decision === "warned" || decision === "overridden")
    .map(({ reason }) => reason);
}

function judge(statement: RunStatement, end: FinishRequest, part: string | null): TestProblem | null {
  const { at, action } = statement;
  const wanted = statement.expect?.end ?? "success";
  const was = endOf(end);
  const failure = end.failure === null ? {} : { failure: end.failure };
  if (wanted !== was && !(wanted === "failure" && was === "denied")) {
    const message = `${action} ${words[was]}; it was to ${infinitives[wanted]}`;
    const code = was === "success" ? "run-succeeded" : wanted === "success" ? "run-failed" : "other-end";
    return { code, message, at, ...failure, details: [] };
  }
  if (part !== null && !end.reason.includes(part)) {
    const details = [
      `expected part: ${JSON.stringify(part)}`,
      `message:       ${JSON.stringify(end.reason)}`,
    ];
    const message = `${action} ${words[was]} with another message`;
    return { code: "other-message", message, at, ...failure, details };
  }
  return null;
}

type End = "success" | "failure" | "denied" | "cancelled";

function endOf(end: FinishRequest): End {
  if (end.status === "SUCCEEDED") return "success";
  if (end.status === "CANCELLED") return "cancelled";
  return end.failure?.code === "denied" ? "denied" : "failure";
}

const words: Readonly<Record<End, string>> = {
  success: "succeeded",
  failure: "failed",
  denied: "was denied",
  cancelled: "was cancelled",
};
const infinitives: Readonly<Record<End, string>> = {
  success: "succeed",
  failure: "fail",
  denied: "be denied",
  cancelled: "be cancelled",
};
