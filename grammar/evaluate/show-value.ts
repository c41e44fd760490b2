import type { Shown, Value } from "../plan.ts";
import { clusterIdOf, nodeIdOf } from "../references.ts";
import type { World } from "../world.ts";

/**
 * How a value is written into a text: `1m30s`, `256MiB`, `80%`, `2026-11-22T18:00:00.000Z`. A cluster or node shows its
 * name if the world knows it, else its id. `none` for a missing value of any kind.
 */
export function showValue(value: Value, as: Shown, world?: World): string {
  if (value === null) return "none";
  if (as === "json") return JSON.stringify(value);
  if (as === "cluster") {
    const id = clusterIdOf(value);
    if (id !== undefined) return world?.cluster(id)?.name ?? id;
  }
  if (as === "node") {
    const id = nodeIdOf(value);
    if (id !== undefined) return world?.node(id)?.name ?? id;
  }
  if (typeof value === "number") return showNumber(value, as);
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

function showNumber(value: number, as: Shown): string {
  switch (as) {
    case "duration":
      return showDuration(value);
    case "size":
      return showSize(value);
    case "percent":
      return `${value}%`;
    case "time":
      return Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : String(value);
    default:
      return String(value);
  }
}

const durationUnits = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** `90000` is `1m30s`, `0` is `0s`, `1500` is `1s500ms`. */
export function showDuration(milliseconds: number): string {
  let left = Math.abs(milliseconds);
  let text = "";
  for (const [unit, size] of durationUnits) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  if (left > 0) text += `${left}ms`;
  if (text === "") return "0s";
  return milliseconds < 0 ? `-${text}` : text;
}

const sizeUnits = ["TiB", "GiB", "MiB", "KiB"] as const;

/** In the largest binary unit that divides it: `268435456` is `256MiB`, `1000` is `1000B`. */
export function showSize(bytes: number): string {
  if (bytes === 0) return "0B";
  for (const [index, unit] of sizeUnits.entries()) {
    const size = 1024 ** (sizeUnits.length - index);
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}
