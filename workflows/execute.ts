import { equalValues } from "../grammar/evaluate/compare-values.ts";
import type { MatchStep, Step, Value } from "../grammar/plan.ts";
import { type Completion, completed, type Frame, innerScope, type Run, valueIn } from "./run.ts";
import { asRunFailure, RunFailure } from "./run-failure.ts";
import { approve } from "./steps/approve.ts";
import { ask } from "./steps/ask.ts";
import { consult } from "./steps/consult.ts";
import { decide } from "./steps/decide.ts";
import { emit } from "./steps/emit.ts";
import { invoke } from "./steps/invoke.ts";
import { awaitLifecycle } from "./steps/lifecycle.ts";
import { lock } from "./steps/lock.ts";
import { loop } from "./steps/loop.ts";
import { operate } from "./steps/operate.ts";
import { parallel } from "./steps/parallel.ts";
import { perform } from "./steps/perform.ts";
import { primitive } from "./steps/primitive.ts";
import { inUndoScope, withEnsure } from "./steps/scopes.ts";
import { tryRecover } from "./steps/try-recover.ts";
import { wait, waitUntil } from "./steps/waits.ts";

/**
 * Runs steps in order until one returns or fails. The meaning of every kind of step is here or in the file that is
 * called; nothing in it knows of Temporal, so that every runtime runs the same.
 */
export async function executeSteps(run: Run, steps: readonly Step[], frame: Frame): Promise<Completion> {
  for (const step of steps) {
    run.checklist.start(step);
    run.effects.stepBegins?.(step);
    try {
      if (!frame.shielded && run.effects.exhausted()) throw tooLong(step);
      const completion = await executeStep(run, step, { ...frame, at: step.at });
      run.checklist.end(step, true);
      if (completion.returned) return completion;
    } catch (thrown) {
      run.checklist.end(step, false);
      throw asRunFailure(thrown, step.at);
    }
  }
  return completed;
}

function tooLong(step: Step): RunFailure {
  const message = "the run has become too long: its history is nearly as large as Temporal allows";
  const help = "do more at once (batch), or part the work over several actions";
  return new RunFailure({ code: "run-too-long", message, help, at: step.at });
}

async function executeStep(run: Run, step: Step, frame: Frame): Promise<Completion> {
  switch (step.kind) {
    case "let":
      bind(frame, step.name, valueIn(run, frame, step.value));
      return completed;
    case "operate":
      bind(frame, step.result, await operate(run, frame, step));
      return completed;
    case "perform":
      bind(frame, step.result, await perform(run, frame, step));
      return completed;
    case "invoke":
      bind(frame, step.result, await invoke(run, frame, step));
      return completed;
    case "primitive":
      bind(frame, step.result, await primitive(run, frame, step));
      return completed;
    case "ask":
      bind(frame, step.result, await ask(run, frame, step));
      return completed;
    case "lifecycle":
      await awaitLifecycle(run, frame, step);
      return completed;
    case "for":
      return await withEnsure(run, frame, step.ensure, step.at, () =>
        inUndoScope(run, frame, step.at, (scoped) => loop(run, scoped, step)),
      );
    case "parallel":
      return await parallel(run, frame, step);
    case "if":
      if (valueIn(run, frame, step.condition) === true) return await block(run, step.then, frame);
      return step.otherwise === null ? completed : await block(run, step.otherwise, frame);
    case "match":
      return await block(run, chosenCase(run, frame, step), frame);
    case "try":
      return await withEnsure(run, frame, step.ensure, step.at, () => tryRecover(run, frame, step));
    case "wait":
      await wait(run, frame, step);
      return completed;
    case "wait_until":
      await waitUntil(run, frame, step);
      return completed;
    case "approve":
      await approve(run, frame, step);
      return completed;
    case "lock":
      return await lock(run, frame, step);
    case "emit":
      await emit(run, frame, step);
      return completed;
    case "fail":
      throw new RunFailure({
        code: "failed",
        message: String(valueIn(run, frame, step.message)),
        at: step.at,
      });
    case "return":
      return { returned: true, value: step.value === null ? null : valueIn(run, frame, step.value) };
    case "consult":
      await consult(run, frame, step);
      return completed;
    case "deny":
    case "warn":
    case "limit":
    case "choose":
    case "place":
    case "batch":
    case "arguments":
    case "give":
      decide(run, frame, step);
      return completed;
  }
}

/** The block of the first case that fits; the checker has proved that one does. */
function chosenCase(run: Run, frame: Frame, step: MatchStep): readonly Step[] {
  const subject = valueIn(run, frame, step.subject);
  const fits = (values: readonly Value[] | null) =>
    values === null || values.some((value) => equalValues(value, subject));
  return step.cases.find(({ values }) => fits(values))?.body ?? [];
}

async function block(run: Run, steps: readonly Step[], frame: Frame): Promise<Completion> {
  return await run.execute(steps, { ...frame, scope: innerScope(frame.scope) });
}

function bind(frame: Frame, name: string | null, value: Value): void {
  if (name !== null) frame.scope.values.set(name, value);
}
