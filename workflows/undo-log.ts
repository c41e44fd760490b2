import type { Scope } from "../grammar/evaluate/evaluate.ts";
import type { Step } from "../grammar/plan.ts";

/** One `undo` that was registered when its call began, with the variables and the loop position of that moment. */
export interface UndoEntry {
  readonly steps: readonly Step[];
  readonly scope: Scope;
  readonly position: string;
}

/** What a scope has to undo if it fails: entries in order, and groups that ran side by side and are undone so. */
export class UndoLog {
  readonly items: (UndoEntry | readonly UndoLog[])[] = [];

  add(entry: UndoEntry): void {
    this.items.push(entry);
  }

  /** The logs of items that ran side by side. */
  addGroup(logs: readonly UndoLog[]): void {
    const filled = logs.filter((log) => log.items.length > 0);
    if (filled.length > 0) this.items.push(filled);
  }

  /** A scope within this one ended well: what it did is undone only if this one fails. */
  append(log: UndoLog): void {
    for (const item of log.items) this.items.push(item); // not push(...): 10,000 items overflow the stack
  }
}
