/** Senlin's times, to the second: `2026-11-29T18:00:00Z`; `null` stays `null`. */
export function toSeconds(time: Date | null): string | null {
  return time === null ? null : `${time.toISOString().slice(0, 19)}Z`;
}

/** Of policies and bindings, which Senlin hands out as they are: `2026-11-29T18:00:00.123000`. */
export function toMicroseconds(time: Date | null): string | null {
  return time === null ? null : time.toISOString().replace("Z", "000");
}

/** Of events: `2026-11-29T18:00:00+00:00`. */
export function toOffset(time: Date): string {
  return `${time.toISOString().slice(0, 19)}+00:00`;
}

/** Of an action's start and end: seconds since 1970, with a fraction. */
export function toEpoch(time: Date | null): number | null {
  return time === null ? null : time.getTime() / 1000;
}
