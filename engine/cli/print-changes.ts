import type { Output, Style } from "./output.ts";
import type { ChangeAnswer } from "./wire.ts";

const marks: Readonly<Record<string, readonly [mark: string, style: Style, past: string]>> = {
  create: ["+", "green", "to create"],
  update: ["~", "yellow", "to change"],
  delete: ["-", "red", "to delete"],
  keep: ["=", "dim", "kept"],
};

/** What applying a program changes, attribute by attribute, and a line that sums it up. */
export function printChanges(changes: readonly ChangeAnswer[], output: Output): void {
  for (const change of changes) {
    const [mark, style] = marks[change.change] ?? ["·", "blue"];
    output.line(
      `${output.paint(style, mark)} ${change.kind} ${output.paint("bold", change.name)}${change.note ? `  ${change.note}` : ""}`,
    );
    const attributes = change.attributes ?? [];
    const width = Math.max(0, ...attributes.map((attribute) => attribute.name.length));
    for (const { name, from, to } of attributes) {
      const fresh = from === undefined || from === null;
      output.line(`    ${name.padEnd(width)}  ${fresh ? "" : `${show(from)} → `}${show(to)}`);
    }
  }
  output.line(
    changes.length === 0 ? "No changes: what is there is what the program says." : summary(changes),
  );
}

function summary(changes: readonly ChangeAnswer[]): string {
  const counts = Object.entries(marks).map(([kind, [, , past]]) => {
    const count = changes.filter((change) => change.change === kind).length;
    return count === 0 ? "" : `${count} ${past}`;
  });
  return `\n${counts.filter((count) => count !== "").join(", ")}.`;
}

function show(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
