import type { Position } from "../spans.ts";

/** What a part of a plan may cost at most, its undo and its cleanup included. */
export interface Cost {
  /** Of Temporal's history. */
  readonly events: number;
  /** That the events carry. */
  readonly bytes: number;
  /** Calls of drivers for one node each; repeats of a call are not counted. */
  readonly operations: number;
  /** Infinity where a duration is not known before the run. */
  readonly milliseconds: number;
  /** The place of the program that costs most; `null` in the built-in actions. */
  readonly heaviest: Heaviest | null;
}

export interface Heaviest {
  readonly at: Position;
  readonly events: number;
  readonly bytes: number;
  readonly loop: boolean;
}

export const nothing: Cost = { events: 0, bytes: 0, operations: 0, milliseconds: 0, heaviest: null };

/** One after the other. */
export function inSequence(a: Cost, b: Cost): Cost {
  return {
    events: a.events + b.events,
    bytes: a.bytes + b.bytes,
    operations: a.operations + b.operations,
    milliseconds: a.milliseconds + b.milliseconds,
    heaviest: heavier(a.heaviest, b.heaviest),
  };
}

/** Both, side by side. */
export function sideBySide(a: Cost, b: Cost): Cost {
  return { ...inSequence(a, b), milliseconds: Math.max(a.milliseconds, b.milliseconds) };
}

/** One or the other, whichever is worse in each respect. */
export function eitherOf(a: Cost, b: Cost): Cost {
  return {
    events: Math.max(a.events, b.events),
    bytes: Math.max(a.bytes, b.bytes),
    operations: Math.max(a.operations, b.operations),
    milliseconds: Math.max(a.milliseconds, b.milliseconds),
    heaviest: heavier(a.heaviest, b.heaviest),
  };
}

/** So many times, one after the other. */
export function repeated(cost: Cost, times: number): Cost {
  if (times === 0) return nothing;
  return {
    events: cost.events * times,
    bytes: cost.bytes * times,
    operations: cost.operations * times,
    milliseconds: cost.milliseconds * times,
    heaviest:
      cost.heaviest === null
        ? null
        : { ...cost.heaviest, events: cost.heaviest.events * times, bytes: cost.heaviest.bytes * times },
  };
}

/** The same, said to come from here. */
export function placedAt(cost: Cost, at: Position, loop = false): Cost {
  return { ...cost, heaviest: { at, events: cost.events, bytes: cost.bytes, loop } };
}

function heavier(a: Heaviest | null, b: Heaviest | null): Heaviest | null {
  if (a === null || b === null) return a ?? b;
  return b.events > a.events || (b.events === a.events && b.bytes > a.bytes) ? b : a;
}
