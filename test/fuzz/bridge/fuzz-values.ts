import type { EngineName } from "../../../engine/host/guest/room.ts";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import { HostFailure } from "../../../engine/host/plugin-host.ts";
import { hostFixture } from "../../engine/host/host-fixture.ts";
import type { Random } from "../random.ts";
import type { FuzzReport } from "./fuzz-bridge.ts";
import { strangeValues } from "./fuzz-plugin.ts";
import { anyJson } from "./hostile-json.ts";

const atOnce = 20;
const grants = [{ capability: "state", target: null }] as const;

/** Values that a plugin makes, and values that a program gives: over they come, or the call fails with a reason. */
export async function fuzzValues(q: {
  readonly plugin: LoadedPlugin;
  readonly engine: EngineName;
  readonly random: Random;
  readonly report: FuzzReport;
  readonly count: number;
}): Promise<void> {
  const { random, report, plugin } = q;
  const fixture = hostFixture([plugin], { engine: q.engine });
  const one = async () => {
    report.messages += 1;
    const given = random.chance(0.3);
    const value = given ? anyJson(random) : [random.below(strangeValues), random.below(3), random.below(7)];
    const name = given ? "echo" : "strange";
    try {
      await fixture.invoke(plugin, name, { value: value as never }, { grants, timeoutMs: 10_000 });
      report.outcomes[`${name}: ok`] = (report.outcomes[`${name}: ok`] ?? 0) + 1;
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      report.outcomes[`${name}: ${error.code}`] = (report.outcomes[`${name}: ${error.code}`] ?? 0) + 1;
    }
  };
  const end = report.messages + q.count;
  while (report.messages < end) {
    await Promise.all(Array.from({ length: Math.min(atOnce, end - report.messages) }, one));
    if ((await fixture.invoke(plugin, "echo", { value: 1 }, { grants })) !== 1)
      throw new Error("an honest call was not served");
  }
  await fixture.host.close();
}
