import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { identify, type ProcessIdentity, signal } from "./process-identity.ts";

/**
 * Runs a program that knows nothing of us so that it ends with us: the shell that starts it reads a pipe whose other
 * end only this process holds. When that closes, wanted or because this process was killed, the shell sends the
 * program its signal, and SIGKILL after the grace period.
 */
const script = `
signal=$1 grace=$2
shift 2
umask 077
exec 4<&0
"$@" </dev/null 3>&- 4<&- &
child=$!
echo "$child" >&3
exec 3>&-
{
  read -r line <&4
  kill -"$signal" "$child"
  while [ "$grace" -gt 0 ] && kill -0 "$child"; do sleep 1; grace=$((grace - 1)); done
  kill -KILL "$child"
} 2>/dev/null &
watcher=$!
exec 4<&-
wait "$child"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
`;

/** A program on a leash. */
export interface Leashed {
  readonly process: ProcessIdentity;
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface LeashOptions {
  readonly executable: string;
  readonly arguments: readonly string[];
  /** Ends it in an orderly way. */
  readonly signal: "TERM" | "INT";
  /** Whole seconds before SIGKILL. */
  readonly graceSeconds: number;
  /** File descriptor of its log. */
  readonly log: number;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whom it runs as; ourselves when left out. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Starts a program on a leash. Throws when there is no shell or no such program. */
export async function startLeashed(options: LeashOptions): Promise<Leashed> {
  const { executable, log, cwd, env, user } = options;
  const shell = spawn(
    "/bin/sh",
    ["-c", script, "leash", options.signal, String(options.graceSeconds), executable, ...options.arguments],
    { stdio: ["pipe", log, log, "pipe"], cwd, env, detached: true, ...user }, // detached: the terminal's Ctrl-C is ours to handle
  );
  shell.stdin?.on("error", () => {}); // it is only ever closed
  const exited = once(shell, "exit").then(([code, name]) => describeExit(code, name));
  const pid = await readPid(shell);
  const process = identify(pid) ?? { pid, started: "" };
  const gone = exited.then((how) => {
    signal(process, "SIGKILL"); // the shell itself was killed: nobody else would end the program
    return how;
  });
  return {
    process,
    exited: gone,
    async stop() {
      shell.stdin?.end();
      await gone;
    },
  };
}

/** `exit code 1`, `SIGKILL`. A shell says 128 + n for a program that signal n ended. */
export function describeExit(code: number | null, name: NodeJS.Signals | null): string {
  if (name !== null) return name;
  const names: Record<number, string> = {
    130: "SIGINT",
    134: "SIGABRT",
    137: "SIGKILL",
    139: "SIGSEGV",
    143: "SIGTERM",
  };
  return names[code ?? 0] ?? `exit code ${code}`;
}

async function readPid(shell: ChildProcess): Promise<number> {
  const pipe = shell.stdio[3] as NodeJS.ReadableStream; // a pipe, as asked for above
  const text = await new Promise<string>((resolve, reject) => {
    let all = "";
    shell.once("error", reject);
    pipe.on("data", (chunk) => {
      all += chunk;
    });
    pipe.once("end", () => resolve(all));
  });
  return Number(text.trim());
}
