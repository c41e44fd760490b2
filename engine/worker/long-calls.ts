import type { Context } from "@temporalio/activity";
import type { AcceptedCall, LongCall } from "../host/plugin-host.ts";
import { isCancelled } from "./cancelled.ts";

/** What a driver accepted, and of which operation: an activity may ask for several, one after the other. */
export interface KeptCall extends AcceptedCall {
  readonly operation: string;
}

/** How the calls on one node, or one call of a function, are followed while their driver works on its own. */
export interface LongCalls {
  /** What an earlier try of the activity kept. */
  readonly kept: KeptCall | null;
  keep(call: KeptCall): Promise<void>;
  readonly cancel?: AbortSignal;
  readonly leave?: AbortSignal;
  /** Ends calls where they are: the action's time is over, and so is what its drivers were given beyond that. */
  readonly end?: AbortSignal;
}

/** The part of it that one operation is concerned with. */
export function longCall(long: LongCalls, operation: string): LongCall {
  const { kept, cancel, leave } = long;
  return {
    accepted: kept?.operation === operation ? kept : null,
    keep: (accepted) => long.keep({ ...accepted, operation }),
    ...(cancel === undefined ? {} : { cancel }),
    ...(leave === undefined ? {} : { leave }),
  };
}

/**
 * An activity's one signal as three: somebody cancelled the run; this worker stops and another one goes on; the run was
 * cancelled since its time is over, and its drivers have had some seconds more to end by themselves. A person's cancel
 * ends no call, so that what it did is known.
 */
export function followSignals(
  context: Context,
  isTimedOut: () => Promise<boolean>,
): {
  readonly cancel: AbortSignal;
  readonly leave: AbortSignal;
  readonly end: AbortSignal;
} {
  const [cancel, leave, end] = [new AbortController(), new AbortController(), new AbortController()];
  const endIfTimedOut = async () => {
    const late = await isTimedOut().catch(() => false); // with the database away the calls go on to their own limits
    if (late) setTimeout(() => end.abort(), graceMs).unref();
  };
  const tell = () => {
    if (!isCancelled(context)) return leave.abort();
    cancel.abort();
    void endIfTimedOut();
  };
  context.cancellationSignal.addEventListener("abort", tell, { once: true });
  if (context.cancellationSignal.aborted) tell();
  return { cancel: cancel.signal, leave: leave.signal, end: end.signal };
}

/** What nearly came to its end should: an end that is known is worth more than one that is punctual. */
const graceMs = 5_000;
