import { compareRehearsal } from "./check-rehearsal.ts";
import { differenceOf } from "./compare.ts";
import { planOf } from "./fixture.ts";
import { observeLocally } from "./run-locally.ts";
import type { Scenario } from "./scenario.ts";
import type { TemporalRuns } from "./temporal-runs.ts";

/** What the three runtimes disagree about in a scenario; `null` when they agree. A program that does not compile is one, too. */
export async function checkScenario(scenario: Scenario, runs: TemporalRuns): Promise<string | null> {
  const compiled = planOf(scenario);
  if ("mistakes" in compiled) return `it does not compile:\n${compiled.mistakes}`;
  const { plan } = compiled;
  const local = await observeLocally(plan, scenario);
  const temporal = await runs.observe(plan, scenario);
  const difference = differenceOf(local, temporal, ["local   ", "temporal"], scenario.sequential);
  if (difference !== null) return difference;
  const rehearsed = await compareRehearsal(plan, scenario);
  return rehearsed === "unknown" ? null : rehearsed;
}
