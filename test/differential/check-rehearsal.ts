import { createFakeWorld } from "../../engine/local/fake-world.ts";
import { runLocally } from "../../engine/local/run-locally.ts";
import { recordEffects } from "../../engine/rehearsal/record-effects.ts";
import type { RecordedEffect } from "../../engine/rehearsal/rehearsal.ts";
import { rehearse } from "../../engine/rehearsal/rehearse.ts";
import type { Plan } from "../../grammar/plan.ts";
import type { FinishRequest } from "../../workflows/activities.ts";
import { planOf, schemas } from "./fixture.ts";
import { prepareWorld } from "./observe.ts";
import { inputsOf, overrideOf } from "./run-locally.ts";
import type { Scenario } from "./scenario.ts";

/**
 * What the plan recorder and the local runtime disagree about in a scenario's program, faults left out: effects, their order,
 * the end with its place. `null` when they agree; `"unknown"` where the rehearsal says that something is only known when it runs.
 */
export async function checkRehearsal(scenario: Scenario): Promise<string | null> {
  const compiled = planOf(scenario);
  if ("mistakes" in compiled) return `it does not compile:\n${compiled.mistakes}`;
  return await compareRehearsal(compiled.plan, scenario);
}

/** The same for a program that is compiled already. */
export async function compareRehearsal(plan: Plan, scenario: Scenario): Promise<string | null> {
  const request = {
    plan,
    action: scenario.action,
    inputs: inputsOf(scenario),
    override: overrideOf(scenario),
  };
  const state = createFakeWorld({ plan, schemas }).store.state();
  const rehearsal = await rehearse({ ...request, schemas, state });
  const told = JSON.stringify([rehearsal.effects, rehearsal.end, rehearsal.steps]);
  const unknown = "the result of "; // how the recorder names what only a plugin could tell
  if (rehearsal.assumptions.length > 0 || rehearsal.choices.length > 0 || told.includes(unknown))
    return "unknown";

  const world = createFakeWorld({ plan, schemas });
  prepareWorld(world, { ...scenario, faults: [], locked: [], sick: [], missing: [] }, async () => {});
  const effects: RecordedEffect[] = [];
  const record = { effects, atOnce: new Map<string, number>(), assume: () => undefined };
  const { end } = await world.clock.drive(
    runLocally(world, {
      ...request,
      actionId: "run",
      effects: (inner) => recordEffects(inner, { plan, schemas: new Map(), store: world.store, record }),
    }),
  );
  const [rehearsed, run] = [rehearsal.effects, effects].map((each) =>
    scenario.sequential ? each : withoutOrder(each),
  );
  return (
    firstDifference("effect", rehearsed ?? [], run ?? []) ??
    firstDifference("end", [endOf(rehearsal.end, scenario)], [endOf(end, scenario)])
  );
}

/** Lanes side by side may be first or last, and travel or wait together or apart: what each asks for is the same. */
function withoutOrder(effects: readonly RecordedEffect[]): readonly object[] {
  const single = effects.flatMap((effect): readonly object[] => {
    if (effect.kind === "sleep") return [];
    const { items, events, changes, ...request } = effect.request as Partial<
      Record<"items" | "events" | "changes", object[]>
    >;
    const parts = items ?? events ?? changes;
    return parts === undefined ? [effect] : parts.map((part) => ({ ...effect, request, part }));
  });
  return single.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Lanes side by side decide in any order. */
function endOf({ actionId: _, ...end }: FinishRequest, { sequential }: Scenario) {
  if (sequential) return end;
  const decisions = end.decisions.map((decision) => JSON.stringify(decision)).toSorted();
  return { ...end, decisions };
}

function firstDifference(what: string, rehearsed: readonly object[], run: readonly object[]): string | null {
  for (let index = 0; index < Math.max(rehearsed.length, run.length); index += 1) {
    const [one, other] = [JSON.stringify(rehearsed[index]), JSON.stringify(run[index])];
    if (one !== other) return `${what} ${index + 1} differs\n  rehearsed ${one}\n  run       ${other}`;
  }
  return null;
}
