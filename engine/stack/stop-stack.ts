import type { Home } from "./home.ts";
import { isRunning, signal, waitUntilGone } from "./process-identity.ts";
import { StackError } from "./stack-error.ts";
import { lockOwner } from "./stack-lock.ts";
import { readStackState, writeStackState } from "./stack-state.ts";

const orderlyMs = 60_000;
const partMs = 20_000;

/** Stops the home's stack from outside, by the processes it recorded; whether one ran. Throws `no-stop` if it can't. */
export async function stopStack(home: Home): Promise<boolean> {
  const supervisor = readStackState(home)?.supervisor ?? lockOwner(home); // the state may be damaged, the lock says who
  if (!supervisor || !isRunning(supervisor)) return endLeftovers(home);
  signal(supervisor, "SIGTERM");
  if (await waitUntilGone(supervisor, orderlyMs)) return true;
  const help = `Look at ${home.logs}/stack.log; as a last resort: kill -9 ${supervisor.pid}, then coppice down again.`;
  throw new StackError(
    "no-stop",
    `the stack (process ${supervisor.pid}) has not ended within a minute`,
    help,
  );
}

/** Ends what a supervisor that was killed may have left, and only that: each is known by when it started. */
export async function endLeftovers(home: Home): Promise<boolean> {
  const state = readStackState(home);
  if (state === null || state.supervisor === null || isRunning(state.supervisor)) return false;
  let found = false;
  for (const name of ["api", "worker", "temporal", "postgres"]) {
    const process = state.parts[name]?.process;
    if (!process || !isRunning(process)) continue;
    found = true;
    signal(process, name === "postgres" ? "SIGINT" : "SIGTERM");
    if (!(await waitUntilGone(process, partMs))) signal(process, "SIGKILL");
    await waitUntilGone(process, partMs);
  }
  writeStackState(home, { ...state, status: "stopped", supervisor: null });
  return found;
}
