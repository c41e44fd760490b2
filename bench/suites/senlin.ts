import {
  fullScale,
  type Measured,
  type Measurements,
  measure,
  type Part,
  quickScale,
} from "../senlin/measure.ts";
import { startOurs, startSenlin } from "../senlin/system.ts";
import { rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

/** How many times faster Coppice is to be, where the issue says so; elsewhere it is not to be slower. */
const targets: Readonly<Record<string, number>> = {
  "create 1 nodes": 20,
  "create 100 nodes": 20,
  "create 200 nodes": 20,
  "20 creates of 5 nodes at once": 8,
  "100 nodes": 20,
  "100 clusters": 20,
  "1,000 clusters": 20,
  "10,000 nodes": 20,
  "a page of 50 of 1,000": 20,
  "one cluster": 10,
  "build info": 10,
};
/** Half of what Senlin's processes take with one worker each. */
const mostMemoryMb = 350;

/**
 * The same REST load on the real Senlin with its fake cloud, in its fastest configuration, and on Coppice with its own,
 * one after the other in one run. Words in BENCH_SENLIN do less: `quick` little of everything, `coppice` leaves Senlin out, `life`
 * or `lists` is one half alone (`BENCH_SENLIN=quick,coppice`).
 */
export const senlinSuite: Suite = {
  name: "senlin",
  title: "The real Senlin and Coppice under the same REST load (fake clouds)",
  onlyByName: true,
  async run(say) {
    const mode = process.env["BENCH_SENLIN"] ?? "";
    const scale = mode.includes("quick") ? quickScale : fullScale;
    const halves = (["life", "lists"] as const).filter((part) => mode.includes(part));
    const parts: readonly Part[] = halves.length > 0 ? halves : ["life", "lists"];
    const results = new Map<string, Measurements>();
    for (const start of mode.includes("coppice") ? [startOurs] : [startSenlin, startOurs]) {
      const system = await start();
      try {
        results.set(system.name, await measure(system, { scale, parts }, say));
      } finally {
        await system.stop();
      }
    }
    return rows(results.get("senlin"), results.get("coppice"));
  },
};

function rows(senlin: Measurements | undefined, coppice: Measurements | undefined): readonly Row[] {
  const all: Row[] = [];
  for (const [name, ours] of coppice?.cases ?? []) all.push(...rowsOf(name, senlin?.cases.get(name), ours));
  for (const [name, key] of [
    ["memory, idle", "idle"],
    ["memory, at its highest", "highest"],
    ["memory, 80 s after all this", "after"],
  ] as const) {
    const ours = coppice?.[key];
    if (ours === undefined) continue;
    const own = rounded(ours.own_mb);
    all.push({
      case: name,
      figures: {
        senlin_mb: rounded(senlin?.[key].own_mb ?? Number.NaN),
        coppice_mb: own,
        senlin_beside_mb: rounded(senlin?.[key].beside_mb ?? Number.NaN),
        coppice_beside_mb: rounded(ours.beside_mb),
      },
      target: { text: `at most ${mostMemoryMb} MB`, met: own <= mostMemoryMb },
    });
  }
  return all;
}

function rowsOf(name: string, senlin: Measured | undefined, ours: Measured): readonly Row[] {
  const least = targets[name] ?? 1;
  const target = (times: number) =>
    Number.isNaN(times)
      ? {}
      : { target: { text: least === 1 ? "not slower" : `${least} × faster`, met: times >= least } };
  if (ours.kind === "seconds") {
    const theirs = senlin?.kind === "seconds" ? senlin.median : Number.NaN;
    const times = theirs / ours.median;
    const figures = { senlin_s: rounded(theirs), coppice_s: rounded(ours.median), times: rounded(times) };
    return [{ case: name, figures, ...target(times) }];
  }
  return [1, 8, 32].flatMap((clients): Row[] => {
    const here = ours.clients[clients];
    if (here === undefined) return [];
    const there = senlin?.kind === "load" ? senlin.clients[clients] : undefined;
    const times = here.per_second / (there?.per_second ?? Number.NaN);
    const figures = {
      senlin_per_s: rounded(there?.per_second ?? Number.NaN),
      coppice_per_s: rounded(here.per_second),
      times: rounded(times),
      senlin_p50_ms: rounded(there?.p50_ms ?? Number.NaN),
      coppice_p50_ms: rounded(here.p50_ms),
      senlin_p99_ms: rounded(there?.p99_ms ?? Number.NaN),
      coppice_p99_ms: rounded(here.p99_ms),
    };
    return [{ case: `${name}, ${clients} client${clients === 1 ? "" : "s"}`, figures, ...target(times) }];
  });
}
