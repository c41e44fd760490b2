import type { Output } from "./output.ts";
import { printable } from "./printable.ts";

/** Prints rows in columns, numbers to the right; the last column may be as long as it likes. */
export function printTable(
  output: Output,
  head: readonly string[],
  cells: readonly (readonly (string | number)[])[],
): void {
  for (const line of layTable(output, head, cells)) output.line(line);
}

/** The same as lines, the head's first. */
export function layTable(
  output: Pick<Output, "paint">,
  head: readonly string[],
  cells: readonly (readonly (string | number)[])[],
): string[] {
  const rows = cells.map((row) => row.map((cell) => (typeof cell === "number" ? cell : printable(cell))));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? "").length)),
  );
  const lay = (row: readonly (string | number)[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        if (typeof cell === "number") return String(cell).padStart(width);
        return column === row.length - 1 ? cell : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [output.paint("dim", lay(head)), ...rows.map(lay)];
}

/** A value of a row as a cell of a table. */
export function cell(value: unknown): string | number {
  if (value === null || value === undefined) return "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" || typeof value === "string") return value;
  return JSON.stringify(value);
}
