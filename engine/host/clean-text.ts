/**
 * A plugin's text for logs, events, messages and the audit: cut, without characters that a terminal obeys or that
 * Postgres refuses (NUL, lone surrogates). Line breaks and tabs stay.
 */
export function cleanText(value: unknown, longest = 8192): string {
  const text = typeof value === "string" ? value : String(value ?? "");
  return text
    .slice(0, longest)
    .toWellFormed()
    .replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd");
}
