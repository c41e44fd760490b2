import { show } from "./show.ts";
import { currentCall, tell } from "./wires.ts";

type Level = "debug" | "info" | "warn" | "error";
const lineAtMost = 8 * 1024;
const linesAtMost = 10_000;
const labelsAtMost = 1000;

/** `console`: into the engine's log with its level, under the newest call. */
export function makeConsole(): Readonly<Record<string, (...values: unknown[]) => void>> {
  const counts = new Map<string, number>();
  const times = new Map<string, number>();
  let lines = 0;
  let indent = "";
  const write = (level: Level, values: readonly unknown[]): void => {
    lines += 1;
    if (lines > linesAtMost) return;
    const text = indent + format(values).replaceAll("\n", `\n${indent}`);
    tell({ t: "log", call: currentCall(), level, text: text.slice(0, lineAtMost) });
  };
  const at =
    (level: Level) =>
    (...values: unknown[]) =>
      write(level, values);
  const keep = (map: Map<string, number>, label: string, value: number): void => {
    if (map.size < labelsAtMost || map.has(label)) map.set(label, value);
  };
  const elapsed = (label: string, values: readonly unknown[]): void => {
    const since = times.get(label);
    if (since !== undefined) write("info", [`${label}: ${Date.now() - since} ms`, ...values]);
  };
  return Object.freeze({
    debug: at("debug"),
    log: at("info"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    dir: (value: unknown) => write("info", [value]),
    table: at("info"),
    trace: (...values: unknown[]) => {
      const trace = new Error(format(values));
      trace.name = "Trace";
      write("debug", [String(trace.stack)]);
    },
    assert: (condition: unknown, ...values: unknown[]) => {
      if (!condition) write("error", ["Assertion failed", ...values]);
    },
    count: (name: unknown = "default") => {
      const label = String(name);
      keep(counts, label, (counts.get(label) ?? 0) + 1);
      write("info", [`${label}: ${counts.get(label) ?? "?"}`]);
    },
    countReset: (name: unknown = "default") => void counts.delete(String(name)),
    time: (name: unknown = "default") => keep(times, String(name), Date.now()),
    timeLog: (name: unknown = "default", ...values: unknown[]) => elapsed(String(name), values),
    timeEnd: (name: unknown = "default") => {
      elapsed(String(name), []);
      times.delete(String(name));
    },
    group: (...values: unknown[]) => {
      if (values.length > 0) write("info", values);
      if (indent.length < 40) indent += "  ";
    },
    groupCollapsed: (...values: unknown[]) => {
      if (values.length > 0) write("info", values);
      if (indent.length < 40) indent += "  ";
    },
    groupEnd: () => {
      indent = indent.slice(2);
    },
    clear: () => {},
  });
}

/** `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%O`, `%c` in a first text, then the rest with spaces between. */
function format(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== "string" || !first.includes("%")) return values.map(show).join(" ");
  const text = first.replace(/%[sdifjoOc%]/g, (mark) => {
    if (mark === "%%") return "%";
    if (rest.length === 0) return mark;
    const value = rest.shift();
    if (mark === "%c") return "";
    if (mark === "%d" || mark === "%f") return String(Number(value));
    if (mark === "%i") return String(Number.parseInt(String(value), 10));
    return show(value);
  });
  return [text, ...rest.map(show)].join(" ");
}
