import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { EngineName } from "./guest/room.ts";
import { guestView } from "./jail/guest-view.ts";
import type { Jail } from "./jail/jail.ts";
import { innermost } from "./process-facts.ts";

/** A process that speaks in frames, as far as `GuestProcess` has to do with it. */
export interface GuestChild {
  /** Of the process that was started; what runs plugins may be inside of it. */
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  kill(): void;
  /** Once: it ended, or never came up. */
  onEnd(tell: (message: string) => void): void;
}

/** Half of a thread's stack: QuickJS's own limit is then reached before V8's, which would end the room. */
const deepStack = "--stack-size=4000";

/** Starts `guest/main.ts` in a jail. It inherits nothing but three pipes. */
export function spawnGuest(jail: Jail, engine: EngineName): GuestChild {
  const { main, code, system } = guestView();
  const flags = [
    "--no-node-snapshot",
    ...(engine === "quickjs" ? [deepStack] : []),
    "--disable-warning=ExperimentalWarning",
    "--disable-warning=SecurityWarning",
    "--permission",
    "--allow-addons",
    "--allow-fs-read=/etc/alpine-release",
    ...code.map((path) => `--allow-fs-read=${path}`),
  ];
  const { file, args } = jail.command(process.execPath, [...flags, main], [...system, ...code]);
  const child = spawn(file, args, { env: {}, cwd: "/", stdio: ["pipe", "pipe", "pipe"], detached: false });
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    kill: () => killUntilEnded(child),
    onEnd(tell) {
      child.on("error", (error) => tell(error.message));
      child.on("close", (code, signal) => tell(`was ended by ${signal ?? `exit code ${code}`}`));
    },
  };
}

/** While its jail is being built the innermost process is a helper of that, whose end the others may survive. */
function killUntilEnded(child: ChildProcess): void {
  killInnermost(child);
  const again = setInterval(() => killInnermost(child), killAgainMs);
  again.unref(); // the child itself keeps this process waiting
  child.once("close", () => clearInterval(again));
}

const killAgainMs = 50;

/** What waits around the innermost process ends after it; the other way round, nobody might wait for that one. */
function killInnermost(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(innermost(child.pid), "SIGKILL");
  } catch {
    // it's gone already
  }
}
