import type { Plan, Step } from "../grammar/plan.ts";

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

  /** As Markdown: `- ▶ **node.update(image: image)** · line 34 · 2 of 3, 1 failed`. At most 16 KiB. */
  markdown(): string {
    const lines: string[] = [];
    for (const name of this.#actions) {
      const action = this.#plan.actions[name];
      if (action === undefined) continue;
      const file = this.#plan.files[action.at.file]?.path ?? "";
      lines.push(`**${name}** · ${file}`, "");
      this.#list(action.body, 0, lines);
      lines.push("");
    }
    const text = lines.join("\n");
    return text.length > detailsLimit ? `${text.slice(0, detailsLimit)}\n…` : text;
  }

  #list(steps: readonly Step[], depth: number, lines: string[]): void {
    for (const step of steps) {
      const progress = this.#progress.get(step.id);
      const source = this.#plan.files[step.at.file]?.lines[step.at.line]?.trim() ?? step.kind;
      lines.push(
        `${"  ".repeat(depth)}- ${describe(source, progress)} · line ${step.at.line}${counts(progress)}`,
      );
      for (const block of blocksOf(step)) this.#list(block, depth + 1, lines);
    }
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

function describe(source: string, progress: Progress | undefined): string {
  const code = `\`${source.replaceAll("`", "'").replace(/\s*\{$/, "")}\``;
  if (progress === undefined) return `◻ ${code}`;
  if (progress.ended < progress.started) return `▶ **${code}**`;
  return progress.failed > 0 ? `✗ ${code}` : `✓ ${code}`;
}

function counts(progress: Progress | undefined): string {
  if (progress === undefined || progress.started <= 1) return "";
  const failed = progress.failed > 0 ? `, ${progress.failed} failed` : "";
  return ` · ${progress.ended} of ${progress.started}${failed}`;
}

/** The blocks inside a step, in source order. */
function blocksOf(step: Step): readonly (readonly Step[])[] {
  switch (step.kind) {
    case "for":
      return [step.body, step.ensure ?? []];
    case "parallel":
      return step.branches;
    case "if":
      return [step.then, step.otherwise ?? []];
    case "try":
      return [step.body, step.recover?.body ?? [], step.ensure ?? []];
    case "operate":
    case "perform":
    case "invoke":
    case "primitive":
      return [step.undo ?? []];
    default:
      return [];
  }
}
