import type { Plan, Value } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { FinishRequest, RunStart } from "../../workflows/activities.ts";
import { placeAt } from "../actions/plan-places.ts";
import { sameJson } from "../actions/profile-spec.ts";
import { createScriptedWorld, fakeStart } from "../local/fake-world.ts";
import type { LocalState } from "../local/local-state.ts";
import { runLocally } from "../local/run-locally.ts";
import { VirtualClock } from "../local/virtual-clock.ts";
import { recordEffects } from "./record-effects.ts";
import type { Choice, RecordedEffect, Rehearsal, RehearsedStep } from "./rehearsal.ts";
import { rehearsedRun, type SeenStep, type Undecided } from "./rehearse-steps.ts";

/** An action to rehearse, and what is there. */
export interface RehearsalRequest {
  readonly plan: Plan;
  readonly action: string;
  /** Clusters and nodes as references; defaults are filled in. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly state: LocalState;
  /** Of the plan's plugins, and those of profiles that are there, by hash. */
  readonly schemas: ReadonlyMap<string, PluginSchema>;
  readonly override?: RunStart["action"]["override"];
  /** Milliseconds since 1970, where `now()` begins; 2026-01-01 when it is left out. */
  readonly now?: number;
}

/** Conditions whose other sides are rehearsed as well. */
const mostChoices = 12;

/**
 * Runs an action by its one meaning over drivers that only note what is asked of them: they do it at once and without
 * a fault. What only a plugin could tell is unknown; where a condition hangs on it, each side is rehearsed.
 */
export async function rehearse(q: RehearsalRequest): Promise<Rehearsal> {
  const main = await rehearseOnce(q, new Map());
  const choices: Choice[] = [];
  for (const undecided of main.undecided.slice(0, mostChoices)) {
    const { step, why, labels, taken } = undecided;
    const otherwise: Choice["otherwise"][number][] = [];
    for (const [side, label] of labels.entries()) {
      if (side === taken) continue;
      const other = await rehearseOnce(q, new Map([[step.id, side]]));
      const steps = other.steps.filter((each) => each.behind.includes(`${step.id}:${side}`));
      const end = other.end.status === main.end.status ? null : other.end.reason;
      otherwise.push({ label, steps, end });
    }
    const sides = labels.map((label, side) => ({ label, taken: side === taken }));
    choices.push({ id: step.id, why, sides, otherwise, ...placeAt(q.plan, step.at) });
  }
  const { end, steps, effects, assumptions } = main;
  return { end, steps, effects, assumptions, choices };
}

interface Once {
  readonly end: FinishRequest;
  readonly steps: readonly RehearsedStep[];
  readonly effects: readonly RecordedEffect[];
  readonly assumptions: readonly string[];
  readonly undecided: readonly Undecided[];
}

async function rehearseOnce(q: RehearsalRequest, sides: ReadonlyMap<string, number>): Promise<Once> {
  const { plan, schemas } = q;
  const world = createScriptedWorld({
    plan,
    schemas,
    state: q.state,
    clock: new VirtualClock(q.now ?? fakeStart),
  });
  const seen: SeenStep[] = [];
  const undecided = new Map<string, Undecided>();
  const assumptions = new Set<string>();
  const assume = (assumption: string) => assumptions.add(assumption);
  const record = { effects: [], atOnce: new Map<string, number>(), assume };
  const run = runLocally(world, {
    plan,
    action: q.action,
    inputs: q.inputs,
    actionId: "rehearsal",
    override: q.override ?? null,
    effects: (effects) => recordEffects(effects, { plan, schemas, store: world.store, record }),
    run: (run) =>
      rehearsedRun(run, {
        plan,
        store: world.store,
        seen: (step) => seen.push(step),
        undecided: (each) => {
          if (!undecided.has(each.step.id)) undecided.set(each.step.id, each);
        },
        assume,
        side: (id, usual) => sides.get(id) ?? usual,
      }),
  });
  const { end } = await world.clock.drive(run);
  return {
    end,
    steps: gather(seen, record.atOnce),
    effects: record.effects,
    assumptions: [...assumptions],
    undecided: [...undecided.values()],
  };
}

/** The times of one step on one way together, in the order in which they first began. */
function gather(seen: readonly SeenStep[], atOnce: ReadonlyMap<string, number>): RehearsedStep[] {
  const groups = new Map<string, SeenStep[]>();
  for (const step of seen) {
    const key = `${step.path} ${step.id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [step]);
    else group.push(step);
  }
  return [...groups.values()].map((group): RehearsedStep => {
    const { path: _, node: __, ...first } = group[0]!; // a group has its first
    const nodes = [...new Set(group.flatMap((step) => step.node ?? []))];
    const varies = group.some((step) => !sameJson(step.arguments, first.arguments));
    return {
      ...first,
      nodes,
      times: group.length,
      atOnce: Math.min(atOnce.get(first.id) ?? 1, group.length),
      varies,
    };
  });
}
