import type { Output } from "./output.ts";
import { printable } from "./printable.ts";

/** One object, a field a line; what has no value is `-`. */
export function printFields(thing: unknown, output: Output, skipped: readonly string[] = []): void {
  const fields = Object.entries(thing ?? {}).filter(([field]) => !skipped.includes(field));
  const width = Math.max(0, ...fields.map(([field]) => field.length));
  for (const [field, value] of fields) {
    const text = value === null ? "-" : typeof value === "string" ? value : JSON.stringify(value);
    output.line(`${output.paint("dim", field.padEnd(width))}  ${printable(text)}`);
  }
}
