import { renderFailure } from "../../grammar/diagnostics/source-frame.ts";
import type { Plan, Value } from "../../grammar/plan.ts";
import type { Decision } from "../../workflows/activities.ts";
import type { Choice, Rehearsal, RehearsedStep } from "../rehearsal/rehearsal.ts";
import { showUnknown, whyUnknown } from "../rehearsal/unknown-values.ts";
import type { Output } from "./output.ts";
import { indent } from "./print-action.ts";
import { printable } from "./printable.ts";

/** What an action would do: what policies say, its steps, what only running decides, and what it may need. */
export function printRehearsal(
  q: { readonly rehearsal: Rehearsal; readonly plan: Plan; readonly estimate: readonly string[] },
  output: Output,
): void {
  const { rehearsal, plan } = q;
  const { end } = rehearsal;
  const said = end.decisions.filter(({ decision }) => decision !== "skipped");
  heading(output, "Policies", said.length > 0);
  for (const decision of said) printDecision(decision, plan, output);
  heading(output, "Steps", rehearsal.steps.length > 0);
  printSteps(rehearsal.steps, rehearsal.choices, output, 1);
  heading(output, "Known only when it runs", rehearsal.choices.length > 0);
  for (const choice of rehearsal.choices) printChoice(choice, rehearsal.choices, output);
  heading(output, "Taken for granted", rehearsal.assumptions.length > 0);
  for (const assumption of rehearsal.assumptions) output.line(`  ${printable(assumption)}`);
  heading(output, "It may need", true);
  for (const line of q.estimate) output.line(`  ${printable(line)}`);
  output.line();
  if (end.status === "SUCCEEDED") {
    const result = end.outputs === null ? "" : `, with ${show(end.outputs)}`;
    output.line(`${output.paint("green", "✔")} It would succeed${printable(result)}. Nothing was done.`);
    return;
  }
  output.line(`${output.paint("red", "✘")} It would fail. Nothing was done.`);
  if (end.failure !== null) output.line(indent(printable(renderFailure(plan.files, end.failure))));
}

function heading(output: Output, text: string, wanted: boolean): void {
  if (wanted) output.line(output.paint("bold", text));
}

function printDecision(decision: Decision, plan: Plan, output: Output): void {
  const { policy, action, reason, at } = decision;
  const place = `${plan.files[at.file]?.path ?? ""}:${at.line}`;
  const text = `${policy} ${decision.decision} (${action})${reason === "" ? "" : `: ${reason}`}`;
  output.line(`  ${printable(text)}  ${output.paint("dim", printable(place))}`);
}

function printSteps(
  steps: readonly RehearsedStep[],
  choices: readonly Choice[],
  output: Output,
  depth: number,
): void {
  let behind: readonly string[] = [];
  for (const step of steps) {
    for (const [level, mark] of step.behind.entries()) {
      if (behind[level] === mark) continue;
      const [id = "", side = ""] = split(mark);
      const choice = choices.find((each) => each.id === id);
      const label = choice?.sides[Number(side)]?.label ?? "";
      const head = choice === undefined ? `one side of ${id}` : `${choice.source ?? choice.place}  ${label}`;
      output.line(`${"  ".repeat(depth + level)}${output.paint("yellow", `? ${printable(head)}`)}`);
    }
    behind = step.behind;
    printStep(step, output, depth + behind.length);
  }
}

/** `roll.1:0` is the first side of the step `roll.1`. */
function split(mark: string): readonly [string, string] {
  const at = mark.lastIndexOf(":");
  return [mark.slice(0, at), mark.slice(at + 1)];
}

function printStep(step: RehearsedStep, output: Output, depth: number): void {
  const given = Object.entries(step.arguments)
    .filter(([name]) => name !== "cluster")
    .map(([name, value]) => `${name}=${show(value)}`);
  const target = step.arguments["cluster"];
  const on = target === undefined ? "" : ` ${typeof target === "string" ? target : show(target)}`;
  const what = `${step.undo ? "undo: " : ""}${step.what}${on}`;
  const inputs = given.length === 0 ? "" : ` ${given.join(" ")}${step.varies ? " (differs)" : ""}`;
  const where = output.paint("dim", printable(step.place));
  output.line(`${"  ".repeat(depth)}${printable(`${what}${inputs}${turns(step)}`)}  ${where}`);
  if (step.nodes.length === 0) return;
  const some = step.nodes.slice(0, 12).join(", ");
  const more = step.nodes.length > 12 ? ` and ${step.nodes.length - 12} more` : "";
  output.line(`${"  ".repeat(depth + 1)}${printable(`${some}${more}`)}`);
}

function turns(step: RehearsedStep): string {
  if (step.nodes.length > 1) {
    const atOnce = step.atOnce >= step.times ? "all at once" : `${step.atOnce} at once`;
    return `  ${step.nodes.length} nodes, ${atOnce}`;
  }
  return step.times > 1 ? `  ${step.times} times` : "";
}

function printChoice(choice: Choice, choices: readonly Choice[], output: Output): void {
  const source = printable(choice.source ?? choice.id);
  output.line(`  ${source}  ${output.paint("dim", printable(`${choice.place}: it is ${choice.why}`))}`);
  const taken = choice.sides.find((side) => side.taken)?.label ?? "";
  output.line(`    ${printable(taken)}: as shown above`);
  for (const side of choice.otherwise) {
    const end = side.end === null ? "" : `; it would end with: ${side.end}`;
    const nothing = side.steps.length === 0 ? " nothing" : "";
    output.line(`    ${printable(`${side.label}:${nothing}${end}`)}`);
    const within = side.steps.map((step) => ({ ...step, behind: [] }));
    printSteps(within, choices, output, 3);
  }
}

/** A value, its unknown parts in words and its secrets by name. */
function show(value: Value): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (whyUnknown(value) !== undefined) return showUnknown(value);
  if (Array.isArray(value)) return `[${value.map((item: Value) => show(item)).join(", ")}]`;
  const record = value as Readonly<Record<string, Value>>;
  if (typeof record["$secret"] === "string") return `secret ${record["$secret"]}`;
  return `{ ${Object.entries(record)
    .map(([name, inner]) => `${name}: ${show(inner)}`)
    .join(", ")} }`;
}
