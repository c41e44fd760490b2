import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
} from "@temporalio/client";
import type { PlanSchedule } from "../../grammar/plan.ts";
import type { TriggerInput } from "../../workflows/activities.ts";
import { scheduleTypePrefix } from "../../workflows/schedule-type.ts";
import type { ScheduleChange } from "../store/schedule-changes.ts";
import { taskQueue } from "./client.ts";

/** Makes, changes or deletes a schedule in Temporal, whatever is there; may be repeated. */
export async function bringSchedule(client: Client, change: ScheduleChange): Promise<void> {
  const scheduleId = scheduleIdOf(change);
  const handle = client.schedule.getHandle(scheduleId);
  if (change.over) {
    await handle.delete().catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
    return;
  }
  const { state, ...options } = optionsOf(change);
  try {
    await client.schedule.create({ ...options, state });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await handle.update((there) => ({
      spec: options.spec,
      action: { ...options.action, workflowId: options.action.workflowId ?? scheduleId },
      policies: options.policies,
      state: { ...there.state, paused: change.paused, note: state.note },
    }));
  }
}

/** `PROJECT/PROGRAM/TRIGGER` */
export function scheduleIdOf(q: { project_id: string; program: string; name: string }): string {
  return `${q.project_id}/${q.program}/${q.name}`;
}

/** When a schedule starts its action next, at most five times; `null` when Temporal doesn't have it (yet). */
export async function nextTimes(client: Client, scheduleId: string): Promise<readonly Date[] | null> {
  try {
    const { info } = await client.schedule.getHandle(scheduleId).describe();
    return info.nextActionTimes.slice(0, 5);
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

function optionsOf(change: ScheduleChange) {
  const scheduleId = scheduleIdOf(change);
  const input: TriggerInput = { triggerId: change.id };
  return {
    scheduleId,
    spec: specOf(change.schedule),
    action: {
      type: "startWorkflow",
      workflowType: `${scheduleTypePrefix}${change.name}`,
      workflowId: `schedule ${scheduleId}`, // Temporal adds the nominal time
      taskQueue,
      args: [input],
    },
    policies: { overlap: "SKIP", catchupWindow: "1 hour" },
    state: { paused: change.paused, note: change.paused ? "paused with: coppice triggers pause" : "" },
    memo: { project: change.project_id, program: change.program, trigger: change.name },
  } satisfies ScheduleOptions;
}

/** When it starts. Times of the day are the zone's, whatever its clocks do. */
function specOf(schedule: PlanSchedule): ScheduleOptions["spec"] {
  switch (schedule.kind) {
    case "interval":
      return { intervals: [{ every: schedule.everyMs }] };
    case "weekly": {
      const { days, hour, minute, zone } = schedule;
      return { calendars: [{ dayOfWeek: days.map((day) => weekdays[day]!), hour, minute }], timezone: zone };
    }
    case "cron":
      return { cronExpressions: [schedule.line], timezone: schedule.zone };
    case "once": {
      const [year, month, dayOfMonth, hour, minute] = schedule.time.split(/[-T:]/).map(Number);
      return {
        calendars: [
          { year: year!, month: months[month! - 1]!, dayOfMonth: dayOfMonth!, hour: hour!, minute: minute! },
        ],
        timezone: schedule.zone,
      };
    }
  }
}

const weekdays = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"] as const;
const months = [
  "JANUARY",
  "FEBRUARY",
  "MARCH",
  "APRIL",
  "MAY",
  "JUNE",
  "JULY",
  "AUGUST",
  "SEPTEMBER",
  "OCTOBER",
  "NOVEMBER",
  "DECEMBER",
] as const;
