import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import path from "node:path";
import { environmentFor } from "../config/config-variables.ts";
import { currentConfig } from "../config/current-config.ts";
import { findHome, makeHome } from "../stack/home.ts";
import { logEnd, logFile, openLog, tailOf } from "../stack/log-files.ts";
import { isRunning } from "../stack/process-identity.ts";
import { readStackState, type StackState } from "../stack/stack-state.ts";
import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** Starts this CLI with `args` in a session of its own, and waits until its stack is ready. */
export async function startDetached(args: readonly string[]): Promise<StackState> {
  const home = findHome();
  makeHome(home);
  const before = readStackState(home);
  if (before?.supervisor && isRunning(before.supervisor)) {
    const help = "Use it as it is, or stop it first with: coppice down";
    throw new CliError(
      exitCodes.failed,
      `the stack of ${home.folder} is already run by process ${before.supervisor.pid}`,
      { help },
    );
  }
  const from = logEnd(home, "up");
  const log = openLog(home, "up");
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, "..", "..", "bin", "main.mjs"), ...args],
    {
      detached: true,
      stdio: ["ignore", log, log],
      cwd: "/",
      env: environmentFor(["up", "api", "worker"], currentConfig()),
    },
  );
  closeSync(log);
  let ended: number | null | undefined;
  child.once("exit", (code) => {
    ended = code;
  });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const state = readStackState(home);
    const its =
      state?.supervisor?.pid === child.pid ||
      (ended !== undefined && state?.started_at !== before?.started_at);
    if (state && its && state.status === "ready") {
      child.unref();
      return state;
    }
    if (ended === undefined) continue;
    const failure = (its ? state?.failure : null) ?? lastWords(tailOf(home, "up", from));
    throw new CliError(
      exitCodes.failed,
      failure?.message || `it ended with exit code ${ended} before it was ready`,
      {
        help: failure?.help || `Look at ${logFile(home, "up")}`,
      },
    );
  }
}

/** The error that it printed on its log before there was any state to keep it in. */
function lastWords(lines: readonly string[]): { message: string; help: string } {
  const after = (mark: string) => lines.findLast((line) => line.startsWith(mark))?.slice(mark.length) ?? "";
  return { message: after("error: "), help: after("  help: ") };
}
