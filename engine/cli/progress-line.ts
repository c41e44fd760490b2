import type { Output } from "./output.ts";

/** What is going on, on one line: rewritten on a terminal, printed when it changes elsewhere. */
export interface ProgressLine {
  /** Shows how far the current step is. */
  show(progress: Progress): void;
  /** Prints a line that stays, above the progress. */
  say(text: string): void;
  /** Takes the line away. */
  end(): void;
}

export interface Progress {
  /** The step as people know it: `line 34: node.update`. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

const barWidth = 24;
const plainPauseMs = 1_000;

/** Opens the line on stderr. Without a terminal a step is printed when it begins, once a second, and when it is through. */
export function openProgressLine(output: Output, now: () => number = Date.now): ProgressLine {
  let shown = false;
  let last = "";
  let lastLabel = "";
  let lastAt = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (shown) process.stderr.write("\r\u001b[2K");
    shown = false;
  };
  return {
    show(progress) {
      const text = renderProgress(progress, output);
      if (output.json || text === last) return;
      if (output.live) {
        clear();
        process.stderr.write(cutToWidth(text, process.stderr.columns || 80));
        shown = true;
      } else {
        const due =
          progress.label !== lastLabel || now() - lastAt >= plainPauseMs || progress.done === progress.total;
        if (!due) return;
        output.note(text);
        lastLabel = progress.label;
        lastAt = now();
      }
      last = text;
    },
    say(text) {
      clear();
      output.note(text);
      last = "";
    },
    end: clear,
  };
}

/** `████████░░░░  12/40  line 34: node.update  (1 failed)` */
export function renderProgress(progress: Progress, output: Pick<Output, "live" | "paint">): string {
  const { label, done, total, failed } = progress;
  const parts: string[] = [];
  if (total > 0) {
    const full = Math.round((barWidth * Math.min(done, total)) / total);
    if (output.live)
      parts.push(output.paint("green", "█".repeat(full)) + output.paint("dim", "░".repeat(barWidth - full)));
    parts.push(`${String(done).padStart(String(total).length)}/${total}`);
  }
  parts.push(label);
  if (failed > 0) parts.push(output.paint("red", `(${failed} failed)`));
  return parts.join("  ");
}

/** Cuts a line to the terminal's width, colors not counted, so that it can be rewritten. */
export function cutToWidth(text: string, width: number): string {
  let room = width - 1;
  let out = "";
  for (const part of text.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith("\u001b")) {
      out += part;
      continue;
    }
    const kept = [...part].slice(0, Math.max(0, room));
    out += kept.join("");
    room -= kept.length;
  }
  return out;
}
