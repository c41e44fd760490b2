import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

const root = join(import.meta.dirname, "../..");

/** `coppice up --detach` until everything is ready: in a new home, and in one that has been used. */
export const startUpSuite: Suite = {
  name: "start-up",
  title: "coppice up, until it is ready",
  async run() {
    const first: number[] = [];
    const later: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const home = mkdtempSync(join(tmpdir(), "coppice-bench-"));
      try {
        first.push(upAndDown(home));
        later.push(upAndDown(home), upAndDown(home));
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    }
    return [row("first time (new home)", first), row("later times", later)];
  },
};

function row(name: string, times: readonly number[]): Row {
  return {
    case: name,
    figures: { median_s: rounded(median(times)), slowest_s: rounded(Math.max(...times)) },
  };
}

/** Seconds that `up` took. */
function upAndDown(home: string): number {
  const env = { ...process.env, COPPICE_HOME: home };
  const begun = performance.now();
  execFileSync(join(root, "coppice"), ["up", "--detach"], { env, stdio: "pipe" });
  const seconds = (performance.now() - begun) / 1_000;
  execFileSync(join(root, "coppice"), ["down"], { env, stdio: "pipe" });
  return seconds;
}
