import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { homeAt } from "../../engine/stack/home.ts";
import { isRunning } from "../../engine/stack/process-identity.ts";
import type { StackState } from "../../engine/stack/stack-state.ts";
import { runCoppice } from "../support/run-coppice.ts";

it("coppice down ends the stack also when its stack.json was damaged meanwhile", async () => {
  const home = mkdtempSync(join(tmpdir(), "coppice-test-"));
  const env = { COPPICE_HOME: home };
  try {
    const up = await runCoppice(["up", "--detach"], { env });
    expect(up.code, up.stderr).toBe(0);
    const state: StackState = JSON.parse(readFileSync(homeAt(home).state, "utf8"));
    const processes = [state.supervisor, ...Object.values(state.parts).map((part) => part.process)];
    writeFileSync(homeAt(home).state, "{ damaged");
    const down = await runCoppice(["down"], { env });
    expect(down.code, down.stdout + down.stderr).toBe(0);
    expect(processes.filter((process) => process !== null && isRunning(process))).toEqual([]);
  } finally {
    await runCoppice(["down"], { env });
    rmSync(home, { recursive: true, force: true });
  }
});
