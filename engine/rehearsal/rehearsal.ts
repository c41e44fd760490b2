import type { Step, Value } from "../../grammar/plan.ts";
import type { FinishRequest } from "../../workflows/activities.ts";
import type { Place } from "../actions/plan-places.ts";

/** What an action would do, as far as that is known before it runs. */
export interface Rehearsal {
  readonly end: FinishRequest;
  /** In the order in which they begin; the same step on several nodes, or in a loop, is one. */
  readonly steps: readonly RehearsedStep[];
  /** Conditions that only running decides: `steps` follows the side that is named here. */
  readonly choices: readonly Choice[];
  /** What had to be taken for granted, a sentence each. */
  readonly assumptions: readonly string[];
  /** The effects in the order in which they were asked for, as a run asks for them. */
  readonly effects: readonly RecordedEffect[];
}

/** One step, over all the nodes and turns of its loops. */
export interface RehearsedStep extends Place {
  readonly id: string;
  readonly kind: Step["kind"];
  /** `update`, `shell.run`, `wait until`. */
  readonly what: string;
  /** Its nodes by name, in the order of their turns. */
  readonly nodes: readonly string[];
  /** How often it runs. */
  readonly times: number;
  /** How many of them at once, of an operation on nodes. */
  readonly atOnce: number;
  /** Of the first time; secrets are handles. */
  readonly arguments: Readonly<Record<string, Value>>;
  /** Whether its arguments differ from time to time. */
  readonly varies: boolean;
  readonly undo: boolean;
  /** Ids of the choices that it stands behind, outermost first. */
  readonly behind: readonly string[];
}

/** `if x { … } else { … }` where x is known only when it runs. */
export interface Choice extends Place {
  /** The step's id. */
  readonly id: string;
  /** Why it isn't known: `the result of shell.run`. */
  readonly why: string;
  /** The sides; `taken` is the one that `steps` follows. */
  readonly sides: readonly { readonly label: string; readonly taken: boolean }[];
  /** What would be done on each side that isn't taken. */
  readonly otherwise: readonly {
    readonly label: string;
    readonly steps: readonly RehearsedStep[];
    readonly end: string | null;
  }[];
}

/** An effect as a runtime is asked for it; `request` is that of `workflows/activities.ts`, without its ids of calls. */
export interface RecordedEffect {
  readonly kind:
    | "operate"
    | "waitUntil"
    | "invoke"
    | "consult"
    | "shareLock"
    | "sleep"
    | "approve"
    | "lock"
    | "addNodes"
    | "setSize"
    | "setProfile"
    | "changeRecords"
    | "removeCluster"
    | "recordEvents";
  readonly request: unknown;
  readonly shielded: boolean;
}
