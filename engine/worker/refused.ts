import { ApplicationFailure } from "@temporalio/common";

/** A mistake that no repeat mends; `code` is the failure's. */
export function refused(code: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}
