import type { TryStep } from "../../grammar/plan.ts";
import { type Completion, type Frame, innerScope, type Run } from "../run.ts";
import { asRunFailure } from "../run-failure.ts";
import { inUndoScope } from "./scopes.ts";

/** `try … recover`: what the body did is undone first, then `recover` runs. A cancel is never recovered from. */
export async function tryRecover(run: Run, frame: Frame, step: TryStep): Promise<Completion> {
  const { recover } = step;
  try {
    return await inUndoScope(run, frame, step.at, (scoped) =>
      run.execute(step.body, { ...scoped, scope: innerScope(frame.scope) }),
    );
  } catch (thrown) {
    const failed = asRunFailure(thrown, step.at);
    if (recover === null || failed.cancelled) throw failed;
    const { code, message, at } = failed.failure;
    const error = { code, message, line: at?.line ?? step.at.line };
    const scope = innerScope(frame.scope, recover.name === null ? [] : [[recover.name, error]]);
    return await run.execute(recover.body, { ...frame, scope });
  }
}
