/** A value as `console` writes it: texts as they are, errors with their stack, the rest much like JSON. Never throws. */
export function show(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    if (value instanceof Error) return withCause(value, 0);
    const shown = plain(value, []);
    return typeof shown === "string" ? shown : (JSON.stringify(shown) ?? String(value));
  } catch {
    return "(something that can't be shown)";
  }
}

const deepest = 8;
const causesAtMost = 5;

function withCause(error: Error, depth: number): string {
  const own = String(error.stack ?? `${error.name}: ${error.message}`);
  if (error.cause === undefined || depth >= causesAtMost) return own;
  const cause = error.cause instanceof Error ? withCause(error.cause, depth + 1) : show(error.cause);
  return `${own}\nCaused by: ${cause}`;
}

/** What JSON drops or refuses, as something that it doesn't. */
function plain(value: unknown, path: readonly object[]): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name}]`;
  if (typeof value === "symbol") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (path.includes(value)) return "[circular]";
  if (path.length >= deepest) return "…";
  const inner = (item: unknown) => plain(item, [...path, value]);
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Map) return { Map: [...value].map(([k, v]) => [inner(k), inner(v)]) };
  if (value instanceof Set) return { Set: [...value].map(inner) };
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, inner(v)]));
}
