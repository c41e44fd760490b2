import type { Value } from "../plan.ts";
import { int, string, type Type, time } from "../types.ts";
import type { LibraryFunction } from "./function.ts";

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** The parts of a `Time`, in UTC. Times and durations are added and subtracted with `+` and `-`. */
export const timeFunctions: readonly LibraryFunction[] = [
  part("Time.year", int, "The year, in UTC.", (date) => date.getUTCFullYear()),
  part("Time.month", int, "The month from 1 to 12, in UTC.", (date) => date.getUTCMonth() + 1),
  part("Time.day", int, "The day of the month from 1 to 31, in UTC.", (date) => date.getUTCDate()),
  part(
    "Time.weekday",
    string,
    "The day of the week in UTC: `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` or `Sun`.",
    (date) => weekdays[date.getUTCDay()] ?? "",
  ),
  part("Time.hour", int, "The hour from 0 to 23, in UTC.", (date) => date.getUTCHours()),
  part("Time.minute", int, "The minute from 0 to 59.", (date) => date.getUTCMinutes()),
  part("Time.second", int, "The second from 0 to 59.", (date) => date.getUTCSeconds()),
];

function part(name: string, result: Type, doc: string, of: (date: Date) => Value): LibraryFunction {
  return {
    name,
    receiver: time,
    parameters: [],
    result,
    doc,
    run: (call) => {
      const milliseconds = call.number(0);
      const date = new Date(milliseconds); // no clock: only the calendar
      if (!Number.isNaN(date.getTime())) return of(date);
      return call.fail("number-too-large", `${milliseconds} ms after 1970 is no date`);
    },
  };
}
