/** Senlin's times, to the second: `2026-11-29T18:00:00Z`; `null` stays `null`. */
export function toSeconds(time: Date | null): string | null {
  return time === null ? null : `${secondText(time)}Z`;
}

/** Of policies and bindings, which Senlin hands out as they are: `2026-11-29T18:00:00.123000`. */
export function toMicroseconds(time: Date | null): string | null {
  return time === null ? null : time.toISOString().replace("Z", "000");
}

/** Of events: `2026-11-29T18:00:00+00:00`. */
export function toOffset(time: Date): string {
  return `${secondText(time)}+00:00`;
}

const dayMs = 86_400_000;
let lastDay = Number.NaN;
let lastDayText = "";
const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, "0"));

/** `2026-11-29T18:00:00`, as `toISOString` has it, in a quarter of its time: most times of a list are of one day. */
function secondText(time: Date): string {
  const milliseconds = time.getTime();
  const day = Math.floor(milliseconds / dayMs);
  if (day !== lastDay) {
    lastDayText = time.toISOString().slice(0, 11); // throws for an invalid date
    lastDay = day;
  }
  const seconds = Math.floor((milliseconds - day * dayMs) / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${lastDayText}${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}`;
}

/** Of an action's start and end: seconds since 1970, with a fraction. */
export function toEpoch(time: Date | null): number | null {
  return time === null ? null : time.getTime() / 1000;
}
