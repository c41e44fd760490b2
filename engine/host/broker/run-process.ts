import { type ChildProcess, spawn } from "node:child_process";
import type { CommandResult } from "../../../plugins/sdk/host.ts";
import { HostFailure } from "../plugin-host.ts";
import { OutputText } from "./output-text.ts";

/** One process to run: its arguments as a list, its environment whole. */
export interface ProcessRequest {
  /** What messages call it. */
  readonly name: string;
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin: string;
  readonly timeout: number;
}

const graceMs = 2000;

/**
 * Runs a process with nothing inherited, in a process group of its own. On time-out or when the call ends, the group
 * gets SIGTERM and two seconds later SIGKILL; what it leaves behind is killed. Throws `HostFailure`.
 */
export function runProcess(
  q: ProcessRequest,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(q.executable, [...q.arguments], {
      env: q.environment,
      cwd: q.cwd,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let timedOut = false;
    let force: NodeJS.Timeout | undefined;
    const stop = () => {
      killGroup(child, "SIGTERM");
      force ??= setTimeout(() => killGroup(child, "SIGKILL"), graceMs);
    };
    const late = setTimeout(() => {
      timedOut = true;
      stop();
    }, q.timeout);
    signal.addEventListener("abort", stop, { once: true });
    const stdout = new OutputText(onLine);
    const stderr = new OutputText(onLine);
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => {}); // it doesn't have to read its input
    child.stdin.end(q.stdin);
    child.on("exit", () => killGroup(child, "SIGKILL"));
    const settle = () => {
      clearTimeout(late);
      clearTimeout(force);
      signal.removeEventListener("abort", stop);
    };
    child.on("error", (error) => {
      settle();
      reject(notRun(q.name, error.message, error));
    });
    child.on("close", (exitCode, ended) => {
      settle();
      if (signal.aborted)
        return reject(
          new HostFailure(`${q.name} was stopped: the call was ended`, {
            code: "call-ended",
            retryable: true,
          }),
        );
      resolve({
        exitCode,
        signal: ended,
        timedOut,
        stdout: stdout.end(),
        stderr: stderr.end(),
        truncated: stdout.truncated || stderr.truncated,
      });
    });
    if (signal.aborted) stop();
  });
}

/** Why an executable didn't start. */
export function notRun(name: string, why: string, cause?: unknown): HostFailure {
  return new HostFailure(`${name} can't be run: ${why}`, {
    code: "command-not-run",
    retryable: false,
    help: "check that it is there and may be executed on every worker",
    cause,
  });
}

/** The whole group; once nobody is left in it there is nothing to do. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // gone already
  }
}
