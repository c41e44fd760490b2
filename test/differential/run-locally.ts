import { createFakeWorld } from "../../engine/local/fake-world.ts";
import { runLocally } from "../../engine/local/run-locally.ts";
import type { Plan, Value } from "../../grammar/plan.ts";
import type { ApproveOutcome } from "../../workflows/activities.ts";
import { schemas } from "./fixture.ts";
import { type Observation, observe, prepareWorld } from "./observe.ts";
import type { Scenario } from "./scenario.ts";
import { longMs } from "./stillness.ts";

/** Runs a scenario on the local runtime, in virtual time. */
export async function observeLocally(plan: Plan, scenario: Scenario): Promise<Observation> {
  const cancel = new AbortController();
  const events: { name: string; fields: unknown }[] = [];
  const world = createFakeWorld({
    plan,
    schemas,
    async approve({ message, withinMs }, signal): Promise<ApproveOutcome> {
      const answer = answerTo(scenario, message);
      if (answer === "absent") await world.clock.sleep(withinMs, signal);
      return answer === "absent" ? { answer, by: null, reason: null } : { answer, by: "test", reason: null };
    },
  });
  const cancelLater = async () => {
    await world.clock.sleep(longMs); // whatever else goes on has come as far as it can
    cancel.abort();
  };
  prepareWorld(world, scenario, cancelLater);
  if (scenario.cancelWhenStill === true) void cancelLater();
  const { end } = await world.clock.drive(
    runLocally(world, {
      plan,
      action: scenario.action,
      inputs: inputsOf(scenario),
      actionId: "action",
      override: overrideOf(scenario),
      cancel: cancel.signal,
      tell: { event: (event) => events.push(event) },
    }),
  );
  return observe(world, end, events);
}

/** What a person says to a question. */
export function answerTo(scenario: Scenario, message: string): ApproveOutcome["answer"] {
  return scenario.answers[message] ?? "granted";
}

/** Clusters as references. */
export function inputsOf({ inputs }: Scenario): Readonly<Record<string, Value>> {
  const given = Object.entries(inputs).map(([name, value]): [string, Value] => [
    name,
    name === "cluster" ? { $cluster: String(value) } : value,
  ]);
  return Object.fromEntries(given);
}

export function overrideOf({ override }: Scenario) {
  return override ? { reason: "a drill", by: "test", roles: ["admin"] } : null;
}
