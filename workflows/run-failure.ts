import { EvaluationError } from "../grammar/evaluate/evaluation-error.ts";
import type { Position } from "../grammar/spans.ts";
import type { Failure } from "./activities.ts";

/** A step that failed, on its way to the `recover`, `tolerate` or end that takes it. Cancelling travels the same way. */
export class RunFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "RunFailure";
    this.failure = failure;
  }

  /** Cancelled runs undo and ensure like failed ones, but nothing recovers from it or tolerates it. */
  get cancelled(): boolean {
    return this.failure.code === cancelledCode;
  }
}

const cancelledCode = "cancelled";

/** The failure that a cancel causes in whatever is running. */
export function cancelledFailure(): RunFailure {
  return new RunFailure({ code: cancelledCode, message: "cancelled" });
}

/** What was thrown, as a failure with a place: `at` is used when it brings none of its own. */
export function asRunFailure(thrown: unknown, at: Position): RunFailure {
  if (thrown instanceof RunFailure) {
    return thrown.failure.at === undefined && !thrown.cancelled
      ? new RunFailure({ ...thrown.failure, at })
      : thrown;
  }
  if (thrown instanceof EvaluationError) {
    const { code, message, help, at: own } = thrown;
    return new RunFailure({ code, message, ...(help === undefined ? {} : { help }), at: own });
  }
  throw thrown; // A bug of ours: Temporal retries the workflow task and shows it.
}
