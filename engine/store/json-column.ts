/**
 * JSON text for a jsonb column. Postgres takes neither U+0000 nor half a surrogate pair; a driver's answer may hold
 * both, and each becomes U+FFFD there instead of losing the whole record.
 */
export function toJsonColumn(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  if (!/\\u(0000|d[89a-f])/i.test(text)) return text;
  return JSON.stringify(cleaned(value));
}

/** The same for a text column. */
export function toTextColumn(text: string): string {
  return text.replaceAll("\u0000", "\ufffd").toWellFormed();
}

function cleaned(value: unknown): unknown {
  if (typeof value === "string") return toTextColumn(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [toTextColumn(key), cleaned(of)]));
}
