import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../engine/host/load-plugin.ts";
import { type HostFixture, hostFixture, pluginOf } from "../engine/host/host-fixture.ts";
import { engines } from "./engines.ts";
import { allow } from "./range.ts";

/** Seconds of a processor in two seconds. */
const atRest = 0.1;
const burn = "for (const end = Date.now() + 40; Date.now() < end; );";

/** Who isn't called has nothing to compute: a plugin may not mine, guess or wait in hiding between its calls. */
describe.each(engines)("a plugin whose call is over, on %s", (engine) => {
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    plugin = await pluginOf(
      {
        interval: `async () => { setInterval(() => { ${burn} }, 1); return null; }`,
        timers: `async () => { const f = () => { ${burn} setTimeout(f, 0); }; f(); return null; }`,
        promises: `async () => { (async () => { for (;;) { ${burn} await new Promise((r) => setTimeout(r, 1)); } })(); return null; }`,
        microtasks: "async () => { (async () => { for (;;) await null; })(); return null; }",
        collector: `async () => { globalThis.r = new FinalizationRegistry(() => { for (;;); }); for (let i = 0; i < 5000; i += 1) r.register({}, i); return null; }`,
        echo: "async () => 'echo'",
      },
      {
        manifest: { name: "lingerer", needs: [{ capability: "state", why: "to have a process of its own" }] },
      },
    );
    fixture = hostFixture([plugin], { engine, sliceMs: 1000, processes: 10 });
  });
  afterAll(() => fixture.host.close());

  const ways = ["interval", "timers", "promises", "microtasks", "collector"];
  const used = new Map<string, number>();

  it("is given some time to come to rest", async () => {
    const pids = new Map<string, number[]>();
    for (const way of ways) {
      const before = fixture.host.processIds();
      await fixture.invoke(plugin, way, {}, { grants: allow("state"), projectId: way }).catch(() => null);
      pids.set(
        way,
        fixture.host.processIds().filter((pid) => !before.includes(pid)),
      );
    }
    // as long as it takes: on a busy machine they come by their second of a processor slowly
    for (const until = Date.now() + 60_000; Date.now() < until; ) {
      const before = new Map([...pids].map(([way, of]) => [way, cpuSeconds(of)]));
      await pause(2000);
      for (const [way, of] of pids) used.set(way, cpuSeconds(of) - (before.get(way) ?? 0));
      if ([...used.values()].every((seconds) => seconds < atRest)) break;
    }
    expect(used.size).toBe(ways.length);
  }, 120_000);

  it.each(ways)("doesn't go on computing: %s", async (way) => {
    expect(used.get(way), "seconds of a processor in two seconds").toBeLessThan(atRest);
    const more = { grants: allow("state"), projectId: way };
    expect(await fixture.invoke(plugin, "echo", {}, more)).toBe("echo");
  });
});

/** What living processes have used of a processor so far. */
function cpuSeconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // it was ended
    }
  }
  return ticks / 100;
}
