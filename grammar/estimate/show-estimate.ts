import { showDuration } from "../evaluate/show-value.ts";
import { maximumBytes, maximumEvents } from "./effect-costs.ts";
import type { Estimate } from "./estimate.ts";
import { showCount } from "./show-count.ts";

/** An estimate for people, a line each: what a run may need at most, how near that is to the limits, what was assumed. */
export function showEstimate(estimate: Estimate): readonly string[] {
  const { events, payloadBytes, nodeOperations, longestMs } = estimate;
  return [
    `at most ${showCount(events)} history events (${share(events, maximumEvents)}) and ${showBytes(payloadBytes)} (${share(payloadBytes, maximumBytes)})`,
    `at most ${showCount(nodeOperations)} node operations`,
    longestMs === null
      ? "how long it may take depends on durations that only the run knows"
      : `at most ${showLongest(longestMs)}, were every call to take as long as it may`,
    ...estimate.assumptions.map((assumption) => `assumed: ${assumption}`),
  ];
}

/** `1.2 MB`, `300 kB` */
export function showBytes(bytes: number): string {
  if (bytes >= 10_000_000) return `${showCount(bytes / 1_000_000)} MB`;
  if (bytes >= 1_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${showCount(bytes / 1_000)} kB`;
}

/** As a duration of at most two units: `24d11h`. */
function showLongest(milliseconds: number): string {
  const units = [86_400_000, 3_600_000, 60_000, 1_000];
  const largest = units.find((unit) => milliseconds >= unit) ?? 1;
  const next = units[units.indexOf(largest) + 1] ?? 1;
  return showDuration(Math.ceil(milliseconds / next) * next);
}

function share(value: number, limit: number): string {
  const percent = (value / limit) * 100;
  return `${percent > 0 && percent < 1 ? "less than 1" : showCount(percent)} % of the limit`;
}
