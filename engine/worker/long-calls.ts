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

/** An activity's one signal as two: somebody cancelled the run, or this worker stops and another one goes on. */
export function followSignals(context: Context): {
  readonly cancel: AbortSignal;
  readonly leave: AbortSignal;
} {
  const [cancel, leave] = [new AbortController(), new AbortController()];
  const tell = () => (isCancelled(context) ? cancel : leave).abort();
  context.cancellationSignal.addEventListener("abort", tell, { once: true });
  if (context.cancellationSignal.aborted) tell();
  return { cancel: cancel.signal, leave: leave.signal };
}
