import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

/** What it costs to hold 10,000 definitions (the plans of as many different programs of 52 lines) in memory. */
export const definitionsSuite: Suite = {
  name: "definitions",
  title: "Hold 10,000 definitions in memory",
  async run() {
    return [
      hold("compiled, the library's actions shared", "compiled"),
      hold("read from the store, each with all its parts", "stored"),
    ];
  },
};

function hold(name: string, how: "compiled" | "stored"): Row {
  const script = join(import.meta.dirname, "../hold-definitions.ts");
  const flags = ["--expose-gc", "--max-old-space-size=8192"];
  const output = execFileSync(process.execPath, [...flags, script, "10000", how], { encoding: "utf8" });
  const { held, bytes, seconds, rss } = JSON.parse(output) as Record<string, number>; // our own script's line
  return {
    case: name,
    figures: {
      heap_mib: rounded((bytes ?? 0) / 2 ** 20),
      kib_each: rounded((bytes ?? 0) / 1024 / (held ?? 1)),
      rss_mib: rounded((rss ?? 0) / 2 ** 20),
      compiled_per_second: rounded((held ?? 0) / (seconds ?? 1)),
    },
  };
}
