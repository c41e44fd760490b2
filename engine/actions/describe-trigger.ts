import { showDuration } from "../../grammar/evaluate/show-value.ts";
import type { PlanSchedule, PlanTrigger } from "../../grammar/plan.ts";

/** A trigger in words: `every Mon, Wed at 07:00 (UTC)`, `on nova.instance_deleted`. */
export function describeTrigger(trigger: PlanTrigger): string {
  if (trigger.kind === "schedule") return describeSchedule(trigger.schedule);
  return `on ${trigger.source}.${trigger.event}${trigger.when === null ? "" : " when its condition holds"}`;
}

/** A schedule in words, with its zone. */
export function describeSchedule(schedule: PlanSchedule): string {
  switch (schedule.kind) {
    case "interval":
      return `every ${showDuration(schedule.everyMs)}`;
    case "weekly": {
      const time = `${pad(schedule.hour)}:${pad(schedule.minute)} (${schedule.zone})`;
      if (schedule.days.length === 7) return `every day at ${time}`;
      return `every ${schedule.days.map((day) => weekdays[day] ?? day).join(", ")} at ${time}`;
    }
    case "cron":
      return `every ${schedule.line} (${schedule.zone})`;
    case "once":
      return `at ${schedule.time.replace("T", " ")} (${schedule.zone})`;
  }
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
