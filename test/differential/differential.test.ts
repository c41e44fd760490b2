import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serviceAddress } from "../support/database.ts";
import { checkRehearsal } from "./check-rehearsal.ts";
import { checkScenario } from "./check-scenario.ts";
import { differenceOf } from "./compare.ts";
import { planOf } from "./fixture.ts";
import { generate } from "./generate.ts";
import { observeLocally } from "./run-locally.ts";
import type { Scenario } from "./scenario.ts";
import { shrink } from "./shrink.ts";
import { openTemporalRuns, type TemporalRuns } from "./temporal-runs.ts";

const count = 40;
/** Another stretch every day; `npm run differential` runs as many as one likes. */
const first = Math.floor(Date.now() / 86_400_000) * 1_000;

describe("generated programs", () => {
  it("compile, use every construct, and end in every way", async () => {
    const ends = new Set<string>();
    const texts: string[] = [];
    for (let seed = 1; seed <= 300; seed += 1) {
      const scenario = generate(seed);
      const compiled = planOf(scenario);
      if ("mistakes" in compiled) throw new Error(`seed ${seed}: ${compiled.mistakes}`);
      texts.push(JSON.stringify([scenario.pieces, scenario.imported ?? []]));
      const { end } = await observeLocally(compiled.plan, scenario);
      ends.add(end[0]?.split(":")[0] ?? "").add(/failure: ([\w-]+)/.exec(end[1] ?? "")?.[1] ?? "");
    }
    for (const word of "for,batch all,pause,tolerate,parallel,if,match,try,recover,ensure,undo,retry,timeout,wait until,approve,lock,emit,fail,return,deny,warn,limit,choose,place,window,rows,enforce,priority,import,secret,password: token,login,now(),record,Spot {,Marks {,every 30m,20:00,on fake.gone,request.set,request.give,binding.keep,binding.touch,ensure resize,perform(,attach_policy,detach_policy,update_policy,del_nodes,senlin_loadbalance,senlin_scaling,senlin_batch,senlin_deletion,senlin_health".split(
      ",",
    ))
      expect(
        texts.some((text) => text.includes(word)),
        word,
      ).toBe(true);
    for (const end of [
      "SUCCEEDED",
      "FAILED",
      "CANCELLED",
      "denied",
      "not-approved",
      "lock-timed-out",
      "timed-out",
    ])
      expect([...ends], end).toContain(end);
  });

  it("are decided by their seed", () => {
    expect(generate(17)).toEqual(generate(17));
    expect(generate(17)).not.toEqual(generate(18));
  });
});

it("notices a runtime that does something else, and shrinks the program to it", async () => {
  const observeBoth = async (scenario: Scenario) => {
    const compiled = planOf(scenario);
    if ("mistakes" in compiled) throw new Error(compiled.mistakes);
    const right = await observeLocally(compiled.plan, scenario);
    const wrong = {
      ...right,
      calls: right.calls.filter((call) => !call.includes("scale") && !call.includes(" stop ")),
    };
    return differenceOf(right, wrong, ["right", "wrong"], scenario.sequential);
  };
  let seed = 1;
  while ((await observeBoth(generate(seed))) === null) seed += 1;
  const small = await shrink(generate(seed), async (scenario) => (await observeBoth(scenario)) !== null);
  expect(await observeBoth(small)).toContain("calls differ");
  const linesOf = (scenario: Scenario) => JSON.stringify(scenario.pieces).split('"line"').length;
  expect(linesOf(small)).toBeLessThan(linesOf(generate(seed)));
});

it("the plan recorder and the local runtime agree on what nothing unknown decides", {
  timeout: 60_000,
}, async () => {
  const found = new Map<string, number>();
  for (let seed = first; seed < first + 200; seed += 1) {
    const difference = await checkRehearsal(generate(seed));
    if (difference !== null && difference !== "unknown") throw new Error(`seed ${seed}: ${difference}`);
    found.set(difference ?? "same", (found.get(difference ?? "same") ?? 0) + 1);
  }
  expect(found.get("same")).toBeGreaterThan(100);
});

describe("the local runtime and Temporal agree", () => {
  let runs: TemporalRuns;
  beforeAll(async () => {
    runs = await openTemporalRuns(await serviceAddress("temporal"));
  });
  afterAll(() => runs.close());

  it(`on ${count} programs from seed ${first}`, async () => {
    const seeds = Array.from({ length: count }, (_, n) => first + n);
    const found = await Promise.all(
      seeds.map(async (seed) => ({ seed, difference: await checkScenario(generate(seed), runs) })),
    );
    expect(found.filter(({ difference }) => difference !== null)).toEqual([]);
  }, 180_000);

  const folder = join(import.meta.dirname, "cases");
  it.each(readdirSync(folder).filter((name) => name.endsWith(".json")))(
    "on what was once found: %s",
    async (name) => {
      const scenario = JSON.parse(readFileSync(join(folder, name), "utf8")) as Scenario; // written by scripts/differential.ts
      expect(await checkScenario(scenario, runs)).toBeNull();
    },
  );
});
