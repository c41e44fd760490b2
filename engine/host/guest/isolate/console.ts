import { currentCall, tell } from "./wires.ts";

const lineAtMost = 8 * 1024;

/** `console`: into the engine's log, under the newest call. */
export const consoleInside = Object.freeze({
  debug: writer("debug"),
  log: writer("info"),
  info: writer("info"),
  warn: writer("warn"),
  error: writer("error"),
  trace: writer("debug"),
});

function writer(level: string) {
  let lines = 0;
  return (...values: unknown[]): void => {
    lines += 1;
    if (lines > 10_000) return;
    tell({ t: "log", call: currentCall(), level, text: values.map(show).join(" ").slice(0, lineAtMost) });
  };
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return String(value.stack ?? value.message);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
