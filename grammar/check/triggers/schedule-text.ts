import type { PlanSchedule } from "../../plan.ts";
import { cronProblem } from "./cron-line.ts";

/** What a text of `every` or `at` means, or what is wrong with it and, where it can be guessed, what was meant. */
export type ScheduleText<Schedule> = { readonly schedule: Schedule } | ({ readonly problem: string } & Meant);

/** How to mend it; `instead` is what to write in its place. */
interface Meant {
  readonly help: string;
  readonly instead?: string;
}

type Zoneless<Schedule> = Schedule extends unknown ? Omit<Schedule, "zone"> : never;
type Repeated = Zoneless<Extract<PlanSchedule, { kind: "weekly" | "cron" }>>;
type Once = Zoneless<Extract<PlanSchedule, { kind: "once" }>>;

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const allDays = [0, 1, 2, 3, 4, 5, 6];
const examples = 'write "18:00", "Fri 18:00", "Mon-Fri 02:30" or a cron line such as "0 2 * * *"';

/** `18:00`, `Fri 18:00`, `Mon-Fri 02:30`, `Mon,Wed 07:00`, or a cron line of five fields. */
export function parseRepeated(text: string): ScheduleText<Repeated> {
  const words = text.trim().split(/\s+/);
  if (words.length === 5 && words.every((word) => /^[\d*/,a-z-]+$/i.test(word))) {
    const line = words.join(" ");
    const problem = cronProblem(words);
    return problem === undefined
      ? { schedule: { kind: "cron", line } }
      : { problem: `"${text}" is no cron line: ${problem}`, help: cronOrder };
  }
  const [first, second] = words;
  if (first !== undefined && words.length <= 2) {
    const listed = second === undefined ? allDays : daysOf(first);
    const time = clockTime(second ?? first);
    if (listed !== undefined && time !== undefined)
      return { schedule: { kind: "weekly", days: listed, ...time } };
  }
  return { problem: `"${text}" is no time that comes again`, ...meantRepeated(text, words) };
}

/** `2026-12-24 20:00`: local in the zone. */
export function parseOnce(text: string): ScheduleText<Once> {
  const found = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)$/.exec(text.trim());
  const problem = `"${text}" is no date with a time`;
  if (found !== null) {
    const [year, month, day, hour, minute] = found.slice(1).map(Number);
    if (isDate(year, month, day) && isTime(hour, minute)) {
      return { schedule: { kind: "once", time: text.trim().replace(" ", "T") } };
    }
    return { problem, help: "there is no such day or hour: look at the calendar" };
  }
  return { problem, ...meantOnce(text.trim()) };
}

/** A name for what is scheduled: `every`, `Fri 18:00` is `every_fri_18_00`. */
export function scheduleSlug(word: string, text: string): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
  return slug === "" ? word : `${word}_${slug}`;
}

const cronOrder = "its five fields are minute, hour, day of month, month, day of week";

/** `Mon-Wed,Fri`: numbers of the days, ascending; a range may run over the end of the week. */
function daysOf(text: string): readonly number[] | undefined {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [from, to, ...more] = part.split("-").map(dayNumber);
    if (from === undefined || more.length > 0) return undefined;
    if (part.includes("-") && to === undefined) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === (to ?? from)) break;
    }
  }
  return [...found].sort((a, b) => a - b);
}

function dayNumber(text: string): number | undefined {
  const index = days.findIndex((day) => day.toLowerCase() === text.toLowerCase());
  return index < 0 ? undefined : index;
}

function clockTime(text: string): { readonly hour: number; readonly minute: number } | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? [];
  const time = { hour: Number(hour), minute: Number(minute) };
  return isTime(time.hour, time.minute) ? time : undefined;
}

function isTime(hour: number | undefined, minute: number | undefined): boolean {
  return hour !== undefined && hour < 24 && minute !== undefined && minute < 60;
}

function isDate(year: number | undefined, month: number | undefined, day: number | undefined): boolean {
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(year, month - 1, day)); // no clock: only the calendar
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const cronWords: Readonly<Record<string, string>> = {
  "@daily": "00:00",
  "@midnight": "00:00",
  "@weekly": "Sun 00:00",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  noon: "12:00",
  midnight: "00:00",
};

/** Near misses: `Friday 6pm`, `18h`, `every day at 18:00`, `@daily`, `30m`, six cron fields. */
function meantRepeated(text: string, words: readonly string[]): Meant {
  const known = cronWords[text.trim().toLowerCase()];
  if (known !== undefined) return instead(known);
  if (text.trim().toLowerCase() === "@hourly")
    return { help: "write `every 1h`, without quotes", instead: "1h" };
  const duration = /^(\d+)\s*(ms|s|m|h|d|sec|min|minutes?|hours?|days?)$/i.exec(text.trim());
  const [, amount, unit] = duration ?? [];
  if (amount !== undefined && unit !== undefined && !isHourOfDay(amount, unit)) {
    const short = unit.toLowerCase() === "ms" ? "ms" : unit.slice(0, 1).toLowerCase();
    const instead = `${amount}${short}`;
    return { help: `write a duration without quotes: \`every ${instead}\``, instead };
  }
  if (words.length === 6 && words.every((word) => /^[\d*/,?-]+$/.test(word))) {
    return instead(words.slice(1).join(" ").replaceAll("?", "*"), "there are no seconds");
  }
  const guess = looseRepeated(text);
  return guess === undefined ? { help: examples } : instead(guess);
}

/** `18h` is read as 18 o'clock, `90h` is a duration. */
function isHourOfDay(amount: string, unit: string): boolean {
  return unit.toLowerCase() === "h" && Number(amount) < 24;
}

function looseRepeated(text: string): string | undefined {
  const time = looseTime(text);
  if (time === undefined) return undefined;
  const lower = text.toLowerCase();
  if (/week ?days|working days|workdays/.test(lower)) return `Mon-Fri ${time}`;
  if (/week ?ends?/.test(lower)) return `Sat,Sun ${time}`;
  const named = [...lower.matchAll(/\b(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b/g)].map(([, name]) => {
    const index = dayNumber(name ?? "");
    return index === undefined ? "" : days[index];
  });
  const between = /[a-z]\s*(-|to|until|through)\s*[a-z]/.test(lower.replace(/\b(am|pm)\b/g, ""));
  const list = named.length === 2 && between ? named.join("-") : [...new Set(named)].join(",");
  return list === "" ? time : `${list} ${time}`;
}

/** The time of day in a text: `18:00`, `18h30`, `6pm`, `6.30 pm`, `24:00`. */
function looseTime(text: string): string | undefined {
  const found =
    /\b(\d{1,2})(?:[:.h](\d\d))?(?::\d\d)?\s*(am|pm|h|o'clock|uhr)?(?![\d:])/i.exec(
      text.replace(/^.*\bat\b/i, ""),
    ) ?? undefined;
  if (found === undefined) return undefined;
  const [, hourText, minuteText, suffix] = found;
  if (minuteText === undefined && suffix === undefined) return undefined;
  const half = suffix?.toLowerCase();
  let hour = Number(hourText);
  if (half === "pm" && hour < 12) hour += 12;
  if (half === "am" && hour === 12) hour = 0;
  if (hour === 24) hour = 0;
  const minute = Number(minuteText ?? 0);
  return isTime(hour, minute) ? `${two(hour)}:${two(minute)}` : undefined;
}

const zoneOffset = /(Z|[+-]\d\d:?\d\d)$/;

function meantOnce(text: string): Meant {
  const fallback = { help: 'write the date and the time: "2026-12-24 20:00"' };
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(.*)$/.exec(text);
  const european = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)$/.exec(text);
  const [year, month, day, rest] =
    iso !== null
      ? iso.slice(1)
      : european === null
        ? []
        : [european[3], european[2], european[1], european[4]];
  if (year === undefined || month === undefined || day === undefined) return fallback;
  if (!isDate(Number(year), Number(month), Number(day))) return fallback;
  const date = `${year}-${two(Number(month))}-${two(Number(day))}`;
  const clock = (rest ?? "").replace(/^T/, " ");
  if (zoneOffset.test(clock)) {
    const time = looseTime(clock.replace(zoneOffset, "")) ?? "20:00";
    return { help: `write the zone behind the text: \`at "${date} ${time}" in "Europe/Paris"\`` };
  }
  const time = looseTime(clock);
  return time === undefined
    ? { help: `write the time as well: "${date} 20:00"` }
    : instead(`${date} ${time}`);
}

function instead(text: string, why?: string): Meant {
  return { help: `${why === undefined ? "" : `${why}: `}write "${text}"`, instead: `"${text}"` };
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
