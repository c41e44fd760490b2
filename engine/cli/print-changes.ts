import type { Output, Style } from "./output.ts";
import { printable } from "./printable.ts";
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
      output.line(`    ${name.padEnd(width)}  ${fresh ? "" : `${show(name, from)} → `}${show(name, to)}`);
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

function show(attribute: string, value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (attribute === "policies" && Array.isArray(value)) return value.map(showBinding).join(", ");
  return printable(JSON.stringify(value));
}

/** `["careful", { "least": 60 }]` as a program would say it: `careful(least: 60)`. */
function showBinding(binding: unknown): string {
  const [policy, given] = Array.isArray(binding) ? (binding as readonly unknown[]) : [binding];
  const values = typeof given === "object" && given !== null ? Object.entries(given) : [];
  const shown = values.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ");
  return printable(`${String(policy)}${shown && `(${shown})`}`);
}
