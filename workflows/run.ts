import { evaluate, type Scope } from "../grammar/evaluate/evaluate.ts";
import type { Enforcement, Expression, Plan, PlanHook, Step, Value } from "../grammar/plan.ts";
import type { Position } from "../grammar/spans.ts";
import type { Attachment, Decision, RunStart } from "./activities.ts";
import type { Checklist } from "./checklist.ts";
import type { Effects } from "./effects.ts";
import type { Lanes } from "./lanes.ts";
import type { RunWorld } from "./run-world.ts";
import type { Placement } from "./steps/placement.ts";
import type { UndoLog } from "./undo-log.ts";

/** How a block of steps ended, when it did not fail. */
export type Completion = { readonly returned: false } | { readonly returned: true; readonly value: Value };

export const completed: Completion = { returned: false };

/** One run of an action: what all its steps share. */
export interface Run {
  readonly start: RunStart;
  readonly plan: Plan;
  readonly world: RunWorld;
  readonly lanes: Lanes;
  readonly effects: Effects;
  readonly checklist: Checklist;
  readonly decisions: Decision[];
  /** What is attached to each cluster, by its id, kept up to date. */
  readonly attachments: Map<string, readonly Attachment[]>;
  /** Policies of each cluster that have a say, by the cluster's id. */
  readonly bindings: Map<string, readonly Binding[]>;
  /** Faults of `undo` and `ensure`, which don't hide the failure that led to them. */
  readonly cleanupFaults: string[];
  /** A short database step of one lane, under a key of its own. */
  record<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Of a runtime in which some values are not known yet; expressions mean what `evaluate` says elsewhere. */
  readonly evaluate?: typeof evaluate;
  /** Runs steps in order; here so that each kind of step can run the blocks inside it. */
  execute(steps: readonly Step[], frame: Frame): Promise<Completion>;
}

/** Where a lane stands: what it sees, what it must undo, which bounds hold. */
export interface Frame {
  /** Of the step that runs: where a fault is placed whose expression keeps no place. */
  readonly at: Position;
  readonly scope: Scope;
  /** The way through loops and calls, to tell repeats of one step apart: `1/3/`. */
  readonly position: string;
  readonly undo: UndoLog;
  /** In `undo` or `ensure`: a cancel doesn't reach it. */
  readonly shielded: boolean;
  /** What policies allow at once, for the action's outermost loops over nodes. */
  readonly limit: BatchLimit | null;
  /** Where policies want new nodes to be. */
  readonly placements: readonly Placement[];
  /** Items of a loop around that is too large for all of them to be under way at once; 0: there is none. */
  readonly itemCount: number;
  /** Inside a loop over nodes, where `limit` has been applied. */
  readonly inNodeLoop: boolean;
  /** Built-in actions for which others stand in here; absent: none. */
  readonly overriding?: readonly string[];
  /** Set inside a policy's hook. */
  readonly hook: HookFrame | null;
}

export type Binding = RunStart["bindings"][string][number];

export interface BatchLimit {
  readonly size: number;
  readonly pauseMs: number;
  /** Nodes of a batch that are under way at once; any number when left out. */
  readonly window?: number;
  /** Nodes whose records one statement writes; the engine's setting when left out. */
  readonly rows?: number;
}

/** What is about to happen to a cluster, as a policy sees it: `request.remaining`. */
export interface PolicyRequest {
  readonly action: string;
  /** Nodes after the action. */
  readonly size: number;
  /** How many nodes come or go. */
  readonly count: number;
  /** How many of today's nodes stay. */
  readonly remaining: number;
}

/** The policy whose hook runs, for what it decides. */
export interface HookFrame {
  readonly policy: string;
  /** How users know it, where it was made by a request. */
  readonly named?: string;
  readonly hook: string;
  readonly action: string;
  readonly phase: PlanHook["phase"];
  /** The binding's arguments. */
  readonly given: Readonly<Record<string, Value>>;
  readonly clusterId: string;
  readonly enforce: Enforcement;
  /** Where the hook's `request` is. */
  readonly scope: Scope;
  /** The binding's id; `null` in runs of before there were ids. */
  readonly binding: string | null;
  /** Cut by `limit`. */
  request: PolicyRequest;
  /** The action's arguments, as `request.set` left them. */
  arguments: Readonly<Record<string, Value>>;
  /** What the request comes to with other arguments. */
  readonly requestWith: (values: Readonly<Record<string, Value>>) => PolicyRequest;
  /** Brings the hook's `request` to what is decided by now. */
  readonly show: () => void;
  /** Set by `batch`. */
  limit: BatchLimit | null;
  /** Added to by `place`. */
  readonly placements: Placement[];
  /** Whether one of these steps said anything. */
  decided: boolean;
}

/** A scope inside another, with names of its own. */
export function innerScope(parent: Scope, values: Iterable<readonly [string, Value]> = []): Scope {
  return { values: new Map(values), parent };
}

/** The value of an expression where a lane stands. */
export function valueIn(run: Run, frame: Frame, expression: Expression): Value {
  return (run.evaluate ?? evaluate)(expression, frame.scope, run.world, frame.at);
}

/** Nodes whose records one statement writes: the fewest of what the action, the engine's setting and a policy say. */
export function rowsOf(run: Run, frame: Frame): { readonly rows?: number } {
  const rows = Math.min(run.start.pace?.rows ?? Infinity, frame.limit?.rows ?? Infinity);
  return rows < Infinity ? { rows } : {};
}

/** A number: the checker has proved that it is one. */
export function numberOf(run: Run, frame: Frame, expression: Expression | null, otherwise: number): number {
  return expression === null ? otherwise : (valueIn(run, frame, expression) as number);
}

/** Arguments by name. */
export function argumentsOf(
  run: Run,
  frame: Frame,
  expressions: Readonly<Record<string, Expression>>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(expressions).map(([name, value]) => [name, valueIn(run, frame, value)]),
  );
}

/** `storefront.coppice:34`, for summaries. */
export function placeOf(run: Run, step: Step): string {
  const path = run.plan.files[step.at.file]?.path ?? "";
  return `${path.slice(path.lastIndexOf("/") + 1)}:${step.at.line}`;
}

/** What a summary begins with: an operator should see that something is being taken back. */
export function purposeOf(frame: Frame): string {
  return frame.position.includes(undoPosition) ? "undo: " : "";
}

/** The part of a lane's position that says: from here on, something is undone. */
export const undoPosition = "undo/";
