import { diffLines } from "diff";
import type { Output, Style } from "./output.ts";
import { printable } from "./printable.ts";
import { showAttribute } from "./show-attribute.ts";
import type { ChangeAnswer, PlannedActionAnswer } from "./wire.ts";

const marks: Readonly<Record<string, readonly [mark: string, style: Style, past: string]>> = {
  create: ["+", "green", "to create"],
  update: ["~", "yellow", "to change"],
  replace: ["±", "red", "to change, its nodes made anew"],
  delete: ["-", "red", "to delete"],
  keep: ["=", "dim", "kept"],
};

/** What applying a program changes, attribute by attribute, what it starts, and a line that sums it up. */
export function printChanges(
  q: { readonly changes: readonly ChangeAnswer[]; readonly starts?: readonly PlannedActionAnswer[] },
  output: Output,
): void {
  for (const change of q.changes) printChange(change, output);
  const starts = q.starts ?? [];
  if (starts.length > 0) {
    output.line(`\nStarts${starts.length > 1 ? ", in this order" : ""}:`);
    for (const start of starts) printStart(start, output);
  }
  const nothing = q.changes.length === 0 && starts.length === 0;
  output.line(nothing ? "No changes: what is there is what the program says." : `\n${summary(q)}`);
}

/** One difference, attribute by attribute. */
export function printChange(change: ChangeAnswer, output: Output): void {
  const [mark, style] = marks[change.change] ?? ["·", "blue"];
  const note = change.note ? `  ${change.note}` : "";
  output.line(`${output.paint(style, mark)} ${change.kind} ${output.paint("bold", change.name)}${note}`);
  const attributes = change.attributes ?? [];
  const width = Math.max(0, ...attributes.map((attribute) => attribute.name.length));
  for (const attribute of attributes) {
    const forces = attribute.forces === undefined ? "" : `  ${output.paint("red", "# nodes are made anew")}`;
    if (isText(attribute.from) && isText(attribute.to)) {
      output.line(`    ${printable(attribute.name)}`);
      printLines(attribute.from, attribute.to, output);
      continue;
    }
    const [first, ...items] = showAttribute(attribute, output);
    output.line(`    ${printable(attribute.name).padEnd(width)}  ${first}`.trimEnd() + forces);
    for (const item of items) output.line(`      ${item}`);
  }
}

/** Text of a program, which people compare by lines. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}

function printLines(from: string, to: string, output: Output): void {
  const before: string[] = [];
  for (const part of diffLines(`${from}\n`, `${to}\n`)) {
    const lines = part.value.replace(/\n$/, "").split("\n").map(printable);
    if (part.added) for (const line of lines) output.line(`      ${output.paint("green", `+ ${line}`)}`);
    else if (part.removed) for (const line of lines) output.line(`      ${output.paint("red", `- ${line}`)}`);
    else {
      const near = before.length === 0 ? lines.slice(-2) : lines.slice(0, 2);
      for (const line of near) output.line(`        ${line}`.trimEnd());
    }
    before.push(part.value);
  }
}

const verbs: Readonly<Record<string, string>> = {
  create: "makes",
  update: "changes in place",
  replace: "makes anew",
  delete: "deletes",
  recover: "recovers",
};

function printStart(start: PlannedActionAnswer, output: Output): void {
  const inputs = Object.entries(start.inputs).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const head = `${output.paint("bold", start.action)} ${start.cluster}${printable(inputs.join(""))}`;
  output.line(`  ${head}  ${output.paint("dim", printable(start.why))}`);
  for (const { how, count, names } of start.nodes) {
    const some = names.slice(0, 10).join(", ");
    const which = some === "" ? "" : `: ${some}${count > 10 ? ", …" : ""}`;
    output.line(`      ${verbs[how] ?? how} ${count === 1 ? "1 node" : `${count} nodes`}${printable(which)}`);
  }
  for (const voice of start.policies) {
    const may = voice.may.length === 0 ? "looks on" : `may ${voice.may.join(", ")}`;
    const enforce = voice.enforce === "deny" ? "" : `, enforce ${voice.enforce}`;
    const when = voice.conditional ? ", when its condition holds" : "";
    const text = `policy ${voice.policy} ${voice.phase} it: ${may}${enforce}${when}`;
    output.line(`      ${printable(text)}  ${output.paint("dim", printable(voice.place))}`);
  }
}

function summary(q: {
  readonly changes: readonly ChangeAnswer[];
  readonly starts?: readonly PlannedActionAnswer[];
}): string {
  const parts = Object.entries(marks).flatMap(([kind, [, , past]]) => {
    const count = q.changes.filter((change) => change.change === kind).length;
    return count === 0 ? [] : [`${count} ${past}`];
  });
  const nodes = Object.keys(verbs).flatMap((how) => {
    const fates = (q.starts ?? []).flatMap((start) => start.nodes.filter((fate) => fate.how === how));
    const count = fates.reduce((sum, fate) => sum + fate.count, 0);
    return count === 0 ? [] : [`${count} to ${how}`];
  });
  return `Plan: ${parts.join(", ") || "no change of the program"}.${nodes.length === 0 ? "" : ` Nodes: ${nodes.join(", ")}.`}`;
}
