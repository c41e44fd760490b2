import {
  ActivityCancellationType,
  ActivityFailure,
  type ActivityOptions,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import type { Value } from "../grammar/plan.ts";
import type { LocalActivities, OutsideActivities } from "./activities.ts";
import type { EffectOptions, Effects } from "./effects.ts";
import { expectFits } from "./payload-size.ts";
import { cancelledFailure, RunFailure } from "./run-failure.ts";
import { receiveSignals } from "./waiting-signals.ts";

/**
 * A worker that is gone is noticed after the heartbeat timeout; its work is then done again elsewhere, without what is
 * finished. The engine's own faults (a database away) are repeated for ever, a driver's come back as outcomes.
 */
const outsideOptions: ActivityOptions = {
  startToCloseTimeout: "7 days",
  heartbeatTimeout: "10s",
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: "30s" },
};

const outside = proxyActivities<OutsideActivities>(outsideOptions);

/** Short database steps: they cost one history event each and run in the worker that has the workflow. */
export const records = proxyLocalActivities<LocalActivities>({
  startToCloseTimeout: "30s",
  retry: { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "10s" },
});

/** The effects of a run inside Temporal. Must be made in the workflow's root scope, which a cancel request reaches. */
export function temporalEffects(): Effects {
  const root = CancellationScope.current();
  const signals = receiveSignals();
  async function perform<T>(shielded: boolean, work: () => Promise<T>): Promise<T> {
    try {
      return await (shielded ? CancellationScope.nonCancellable(work) : root.run(work));
    } catch (error) {
      throw asFailure(error);
    }
  }
  function record<Q, R>(work: (q: Q) => Promise<R>): (q: Q) => Promise<R> {
    // Records of what was done are kept even when the run is being cancelled.
    return (q) => perform(true, () => work(q));
  }
  /** Whether `met` came true in time. A cancel ends the wait at once, also where an answer came in the same task. */
  async function untilOrLate(
    withinMs: number,
    { summary, shielded }: EffectOptions,
    met: () => boolean,
  ): Promise<boolean> {
    if (!shielded && root.consideredCancelled) throw cancelledFailure();
    if (met()) return true;
    if (withinMs <= 0) return false;
    return await perform(shielded, () =>
      condition(met, Math.min(withinMs, longestTimer), { summary: oneLine(summary) }),
    );
  }
  const withSummary = ({ summary }: EffectOptions) => ({ ...outsideOptions, summary: oneLine(summary) });
  return {
    operate: async (q, options) => {
      expectFits("what this step gives to its nodes", q.items);
      return perform(options.shielded, () =>
        outside.operateNodes.executeWithOptions(withSummary(options), [q]),
      );
    },
    waitUntil: async (q, options) => {
      expectFits("what this condition looks at", q.items);
      return perform(options.shielded, () => outside.waitUntil.executeWithOptions(withSummary(options), [q]));
    },
    invoke: async (q, options) => {
      expectFits("what this step gives to the plugin", q.arguments);
      return perform(options.shielded, () =>
        outside.invokeFunction.executeWithOptions(withSummary(options), [q]),
      );
    },
    consult: (q, options) =>
      perform(options.shielded, () => outside.consultPolicy.executeWithOptions(withSummary(options), [q])),
    sleep: (milliseconds, options) =>
      perform(options.shielded, () => sleep(milliseconds, { summary: oneLine(options.summary) })),
    approve: async ({ callId, withinMs }, options) => {
      signals.open(callId);
      try {
        await untilOrLate(withinMs, options, () => signals.answerTo(callId) !== undefined);
        return signals.answerTo(callId) ?? { answer: "absent", by: null, reason: null };
      } finally {
        signals.close(callId);
      }
    },
    lock: ({ callId, withinMs }, options) => untilOrLate(withinMs, options, () => signals.hasLocks(callId)),
    shareLock: (q, options) =>
      perform(options.shielded, () => outside.shareLock.executeWithOptions(withSummary(options), [q])),
    lifecycle: async ({ callId, withinMs }, options) => {
      await untilOrLate(withinMs, options, () => signals.isComplete(callId));
    },
    now: () => Date.now(), // the workflow's clock: the time of the task, the same on every replay
    records: {
      addNodes: record(records.addNodes),
      setSize: record(records.setSize),
      setProfile: record(records.setProfile),
      removeCluster: record(records.removeCluster),
      changeRecords: record(records.changeRecords),
      openLifecycles: record(records.openLifecycles),
      closeLifecycles: record(records.closeLifecycles),
      recordEvents: record(records.recordEvents),
      openApproval: record(records.openApproval),
      closeApproval: record(records.closeApproval),
      takeLocks: record(records.takeLocks),
      releaseLocks: record(records.releaseLocks),
    },
    exhausted() {
      const { historyLength, historySize } = workflowInfo();
      return historyLength > maximumEvents || historySize > maximumBytes;
    },
    showDetails: (markdown) => setCurrentDetails(markdown()),
  };
}

/** Temporal's timers take no more than this: 10,000 days. */
const longestTimer = 10_000 * 86_400_000;

/** Temporal ends a run at 51,200 events or 50 MB, without any undo: some are left for that. */
const maximumEvents = 40_000;
const maximumBytes = 40_000_000;

/** Temporal shows summaries of at most 200 bytes. */
function oneLine(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** A regular activity's failure comes wrapped in an `ActivityFailure`, a local activity's comes as it is. */
function asFailure(error: unknown): unknown {
  if (isCancellation(error)) return cancelledFailure();
  const thrown = error instanceof ActivityFailure ? error.cause : error;
  if (thrown instanceof ApplicationFailure) {
    const { type, message, details } = thrown;
    const help = (details as readonly Value[] | undefined)?.[0];
    return new RunFailure({ code: type ?? "failed", message, ...(typeof help === "string" ? { help } : {}) });
  }
  if (error instanceof ActivityFailure) {
    return new RunFailure({
      code: "activity-failed",
      message: `${error.activityType}: ${error.cause?.message ?? error.message}`,
    });
  }
  return error;
}
