import type { WorkflowHandle } from "@temporalio/client";

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle["fetchHistory"]>>["events"]>[number];

/** Waits of this length or longer are not waited for: what is shorter passes before a run stands still. */
export const longMs = 3_600_000;

/** What a run waits for, as its history says. */
export interface Pending {
  /** A workflow task is to come, or under way with its local activities. */
  readonly workflowTask: boolean;
  /** Ids of the activities that have not ended, those included that no worker has taken yet. */
  readonly activities: ReadonlySet<string>;
  /** Some timer shorter than `longMs` runs. */
  readonly shortTimer: boolean;
}

/** Reads from a run's history what it waits for. */
export function pendingOf(events: readonly Event[]): Pending {
  const activities = new Map<string, string>();
  const timers = new Map<string, number>();
  let workflowTask = false;
  for (const event of events) {
    if (event.workflowTaskScheduledEventAttributes != null) workflowTask = true;
    if (event.workflowTaskCompletedEventAttributes != null) workflowTask = false;
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled != null) activities.set(String(event.eventId), scheduled.activityId ?? "");
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (ended != null) activities.delete(String(ended.scheduledEventId));
    const timer = event.timerStartedEventAttributes;
    if (timer != null)
      timers.set(timer.timerId ?? "", Number(timer.startToFireTimeout?.seconds ?? 0) * 1_000);
    const over = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
    if (over != null) timers.delete(over.timerId ?? "");
  }
  return {
    workflowTask,
    activities: new Set(activities.values()),
    shortTimer: [...timers.values()].some((milliseconds) => milliseconds < longMs),
  };
}

/** Whether a run has taken note of its cancel, and what it asked of an activity then; `null` while it hasn't. */
export function noticedCancel(
  events: readonly Event[],
  activityId: string,
): "goes on" | "is cancelled" | null {
  const at = events.findIndex((event) => event.workflowExecutionCancelRequestedEventAttributes != null);
  const after = at < 0 ? [] : events.slice(at);
  if (!after.some((event) => event.workflowTaskCompletedEventAttributes != null)) return null;
  const scheduled = events.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityId === activityId,
  );
  const asked = after.some(
    (event) =>
      event.activityTaskCancelRequestedEventAttributes != null &&
      String(event.activityTaskCancelRequestedEventAttributes.scheduledEventId) ===
        String(scheduled?.eventId),
  );
  return asked ? "is cancelled" : "goes on";
}
