import type { Plan, Step } from "../grammar/plan.ts";
import { blocksOf } from "../grammar/plan-steps.ts";

interface Progress {
  started: number;
  ended: number;
  failed: number;
}

/**
 * The plan's steps as a live list for the operator: what is done, what runs, what is to come. Counts lanes, so a step
 * over 200 nodes shows `150 of 200`.
 */
export class Checklist {
  readonly #plan: Plan;
  readonly #progress = new Map<string, Progress>();
  /** Actions that were entered, outermost first. */
  readonly #actions: string[] = [];
  /** What is waited for that an operator may bring about. */
  readonly #questions = new Map<string, string>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  enter(action: string): void {
    if (!this.#actions.includes(action)) this.#actions.push(action);
  }

  start(step: Step): void {
    this.#of(step).started += 1;
  }

  end(step: Step, ok: boolean): void {
    const progress = this.#of(step);
    progress.ended += 1;
    if (!ok) progress.failed += 1;
  }

  /** Shows a text, in Markdown, above the list until it is settled. */
  ask(id: string, text: string): void {
    this.#questions.set(id, text);
  }

  settle(id: string): void {
    this.#questions.delete(id);
  }

  /**
   * As Markdown, a line for each step: `▶ **node.update(image: image)** · line 34 · 2 of 3, 1 failed`. At most 16 KiB.
   * Depth is shown by em spaces: Temporal's UI runs the items of a nested list together.
   */
  markdown(): string {
    const lines: string[] = [];
    for (const question of this.#questions.values()) lines.push(question, "");
    for (const name of this.#actions) {
      const action = this.#plan.actions[name];
      if (action === undefined) continue;
      const file = this.#plan.files[action.at.file]?.path ?? "";
      lines.push(`**${name}** · ${file}`, "");
      this.#list(action.body, null, 0, lines);
      lines.push("");
    }
    const text = lines.join("\n");
    return text.length > detailsLimit ? `${text.slice(0, detailsLimit)}\n…` : text;
  }

  #list(steps: readonly Step[], parent: Step | null, depth: number, lines: string[]): void {
    for (const step of steps) {
      const progress = this.#progress.get(step.id);
      const source = this.#sourceOf(step, parent);
      const indent = "\u2003".repeat(depth);
      lines.push(`${describe(source, indent, progress)} · line ${step.at.line}${counts(progress)}`);
      for (const block of blocksOf(step)) this.#list(block, step, depth + 1, lines);
    }
  }

  /** The line where a step is written; of a step on its parent's line only its own part. */
  #sourceOf(step: Step, parent: Step | null): string {
    const { file, line, column, endLine, endColumn } = step.at;
    const text = this.#plan.files[file]?.lines[line];
    if (text === undefined) return step.kind;
    if (parent === null || parent.at.file !== file || parent.at.line !== line) return text.trim();
    const part = text.slice(column - 1, endLine === line ? endColumn - 1 : undefined);
    return "undo" in parent ? `undo ${part}` : part;
  }

  #of(step: Step): Progress {
    let progress = this.#progress.get(step.id);
    if (progress === undefined) {
      progress = { started: 0, ended: 0, failed: 0 };
      this.#progress.set(step.id, progress);
    }
    return progress;
  }
}

const detailsLimit = 16 * 1024;

function describe(source: string, indent: string, progress: Progress | undefined): string {
  const code = `\`${withoutEnd(source).replaceAll("`", "'")}\``;
  if (progress === undefined) return `◻ ${indent}${code}`;
  if (progress.ended < progress.started) return `▶ ${indent}**${code}**`;
  return `${progress.failed > 0 ? "✗" : "✓"} ${indent}${code}`;
}

/** A line of source without its comment and without the bracket that opens a block. */
function withoutEnd(source: string): string {
  return source.replace(/\s+\/\/[^"]*$/, "").replace(/\s*\{$/, "");
}

function counts(progress: Progress | undefined): string {
  if (progress === undefined || progress.started <= 1) return "";
  const failed = progress.failed > 0 ? `, ${progress.failed} failed` : "";
  return ` · ${progress.ended} of ${progress.started}${failed}`;
}
