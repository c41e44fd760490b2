import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import type { Home } from "./home.ts";
import { describeExit } from "./leash.ts";
import { logEnd, logFile, openLog, tailOf } from "./log-files.ts";
import type { Part, RunningPart } from "./part.ts";
import { portInUse } from "./ports.ts";
import { identify, signal } from "./process-identity.ts";
import { StackError } from "./stack-error.ts";

const stopWithinMs = 15_000;
/** A worker's garbage dies young: with more room for it, each of its heaps takes 40 MB and no run is quicker. */
const nodeFlags = { api: [], worker: ["--max-semi-space-size=8"] } as const;

/**
 * For glibc's allocator, which else keeps a store of memory for each thread, and for later what a busy minute needed: a
 * tenth of a process' memory (mallopt(3)).
 */
const allocator = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" } as const;

/** How one of our own programs is started: `coppice api`, `coppice worker`. */
export interface EngineProgram {
  readonly name: "api" | "worker";
  /** Arguments of node: the program's file first. */
  readonly arguments: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly apiPort: number;
}

/**
 * A Node program that sends `{ type: "ready" }` to its parent once it serves, ends in an orderly way at SIGTERM, and
 * ends by itself when the channel to its parent closes.
 */
export function enginePart(home: Home, program: EngineProgram): Part {
  return {
    name: program.name,
    async start(): Promise<RunningPart> {
      const from = logEnd(home, program.name);
      const log = openLog(home, program.name);
      const child = spawn(process.execPath, [...nodeFlags[program.name], ...program.arguments], {
        stdio: ["ignore", log, log, "ipc"],
        env: { ...allocator, ...program.env },
        cwd: home.folder,
        detached: true, // the terminal's Ctrl-C is ours to handle
      });
      closeSync(log);
      const exited = once(child, "exit").then(([code, name]) => describeExit(code, name));
      await once(child, "spawn");
      const pid = child.pid ?? 0; // there, since it was spawned
      const process_ = identify(pid) ?? { pid, started: "" };
      const ready = new Promise<void>((resolve) => {
        child.on("message", (message) => {
          if (
            typeof message === "object" &&
            message !== null &&
            "type" in message &&
            message.type === "ready"
          )
            resolve();
        });
      });
      const died = exited.then((how): never => {
        throw explain(home, program, how, tailOf(home, program.name, from));
      });
      return {
        process: process_,
        exited,
        ready: Promise.race([died, ready]),
        async stop() {
          child.kill("SIGTERM");
          const timer = setTimeout(() => signal(process_, "SIGKILL"), stopWithinMs);
          await exited;
          clearTimeout(timer);
        },
      };
    },
  };
}

function explain(home: Home, program: EngineProgram, how: string, lines: readonly string[]): StackError {
  if (lines.some((line) => line.includes("EADDRINUSE"))) return portInUse("api", program.apiPort);
  const why = lines
    .map(readMessage)
    .filter((line) => line !== "")
    .slice(-3)
    .join("; ");
  const help = `Look at ${logFile(home, program.name)}.`;
  return new StackError(
    `${program.name}-failed`,
    `coppice ${program.name} did not come up (${how})${why && `: ${why}`}`,
    help,
  );
}

/** The message of a pino line; the line itself when it is none. */
function readMessage(line: string): string {
  try {
    const { msg, err } = JSON.parse(line);
    return [msg, err?.message].filter(Boolean).join(": ");
  } catch {
    return line.trim();
  }
}
