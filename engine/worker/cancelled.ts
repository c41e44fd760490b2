import type { Context } from "@temporalio/activity";
import type { Failure } from "../../workflows/activities.ts";

/** What an item gets that was not begun when the run was cancelled. */
export const cancelled: Failure = { code: "cancelled", message: "cancelled" };

/** Whether nothing more may be begun: the run was cancelled, or this worker stops. */
export function stopsHere(context: Context): boolean {
  return context.cancellationSignal.aborted;
}

/** Whether somebody cancelled the run, as against this worker stopping or having been given up for dead. */
export function isCancelled(context: Context): boolean {
  return context.cancellationDetails?.cancelRequested === true;
}
