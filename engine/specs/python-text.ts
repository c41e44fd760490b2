import type { Json } from "../../grammar/plan.ts";

/** A value as Python's `str` writes it, which is how it stands in Senlin's messages: `None`, `True`, `['a', 1]`. */
export function pythonText(value: Json): string {
  return typeof value === "string" ? value : literal(value);
}

function literal(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) => `${quoted(key)}: ${literal(item)}`);
  return `{${entries.join(", ")}}`;
}

/** JSON read by JavaScript no longer knows 1.0 from 1, so both are `1`. */
function number(value: number): string {
  const text = String(value);
  return text.replace(/e([+-])(\d)$/, "e$10$2"); // Python writes two digits: 1e-07
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(quote, `\\${quote}`);
  return quote + escaped + quote;
}
