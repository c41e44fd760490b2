import { evaluate, type Scope } from "../../grammar/evaluate/evaluate.ts";
import type { Expression, Plan, Value } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { ApproveOutcome, ApproveRequest } from "../../workflows/activities.ts";
import type { RunWorld } from "../../workflows/run-world.ts";
import type { Clock } from "../worker/clock.ts";
import { createFakeWorld, type FakeWorld } from "./fake-world.ts";
import { heldWorld } from "./local-effects.ts";
import { nodeView } from "./local-store.ts";

/** How a person answers; `afterMs` counts from the question. */
export interface GivenAnswer {
  readonly answer: ApproveOutcome["answer"];
  readonly afterMs: number;
}

/** One case of a test while it goes on. */
export interface CaseState {
  readonly fake: FakeWorld;
  readonly scope: Scope;
  /** The first question of a run gets the first, and so on; further ones the last. */
  readonly answers: GivenAnswer[];
  /** Runs so far. */
  runs: number;
  /** Questions that the last run has asked. */
  questions: number;
  /** Calls of the last run, for people. */
  calls: readonly string[];
  value(expression: Expression): Value;
  /** All clusters and nodes as they are now. */
  world(): RunWorld;
}

/** A new world with the clusters of the program, all their nodes healthy. */
export function openCase(
  q: { readonly plan: Plan; readonly schemas: ReadonlyMap<string, PluginSchema> },
  values: readonly (readonly [string, Value])[],
): CaseState {
  const scope: Scope = { values: new Map(values), parent: null };
  const fake = createFakeWorld({ ...q, approve: (asked, signal) => answer(state, asked, signal) });
  const world = () => {
    const { store, clock } = fake;
    const clusters = store.clusters().map(({ id }) => id);
    const made = heldWorld(store, clusters, () => clock.now());
    made.addNodes(store.nodes().map(nodeView));
    return made;
  };
  const state: CaseState = {
    fake,
    scope,
    answers: [],
    runs: 0,
    questions: 0,
    calls: [],
    value: (expression) => evaluate(expression, scope, world()),
    world,
  };
  return state;
}

async function answer(state: CaseState, q: ApproveRequest, signal: AbortSignal): Promise<ApproveOutcome> {
  const clock: Clock = state.fake.clock;
  const given = state.answers[Math.min(state.questions, state.answers.length - 1)];
  state.questions += 1;
  const { answer: said, afterMs } = given ?? { answer: "granted", afterMs: 0 };
  const late = said === "absent" || afterMs > q.withinMs;
  const pause = late ? q.withinMs : afterMs;
  if (pause > 0) await clock.sleep(pause, signal);
  return late ? { answer: "absent", by: null, reason: null } : { answer: said, by: "test", reason: null };
}
