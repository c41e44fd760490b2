/** What a plugin sent, for the audit: a text as it is, anything else as JSON, since only that can't throw or lie. */
export function shown(value: unknown, atMost: number): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.slice(0, atMost);
}
