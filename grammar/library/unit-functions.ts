import { duration, float, int, percent, size, type Type } from "../types.ts";
import type { LibraryFunction } from "./function.ts";

/** What sizes, durations and percents are as numbers. The other way is a product: `count * 1s`. */
export const unitFunctions: readonly LibraryFunction[] = [
  whole("Size.as_bytes", size, "The size in bytes."),
  parts("Size.as_kib", size, 1024, "The size in KiB, with a fraction."),
  parts("Size.as_mib", size, 1024 ** 2, "The size in MiB, with a fraction."),
  parts("Size.as_gib", size, 1024 ** 3, "The size in GiB, with a fraction."),
  parts("Size.as_tib", size, 1024 ** 4, "The size in TiB, with a fraction."),
  whole("Duration.as_milliseconds", duration, "The duration in milliseconds."),
  parts("Duration.as_seconds", duration, 1_000, "The duration in seconds, with a fraction."),
  parts("Duration.as_minutes", duration, 60_000, "The duration in minutes, with a fraction."),
  parts("Duration.as_hours", duration, 3_600_000, "The duration in hours, with a fraction."),
  parts("Duration.as_days", duration, 86_400_000, "The duration in days of 24 hours, with a fraction."),
  parts("Percent.as_points", percent, 1, "The percentage as a number: 80 for `80%`."),
  parts("Percent.as_fraction", percent, 100, "The percentage as a part of one: 0.8 for `80%`."),
];

function whole(name: string, receiver: Type, doc: string): LibraryFunction {
  return { name, receiver, parameters: [], result: int, doc, run: (call) => Math.round(call.number(0)) + 0 };
}

function parts(name: string, receiver: Type, unit: number, doc: string): LibraryFunction {
  return { name, receiver, parameters: [], result: float, doc, run: (call) => call.number(0) / unit };
}
