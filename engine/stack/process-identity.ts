import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process that stays distinguishable from a later one with the same id: by when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

/** Who runs under this process id now; `null` when nobody does (a zombie counts as nobody). */
export function identify(pid: number): ProcessIdentity | null {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name before it may hold anything
      return fields[0] === "Z" || fields[0] === "X" ? null : { pid, started: fields[19] ?? "" };
    } catch {
      return null;
    }
  }
  const ps = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" });
  const line = ps.stdout?.trim() ?? "";
  return line === "" || line.startsWith("Z") ? null : { pid, started: line.replace(/^\S+\s+/, "") };
}

/** Whether that very process still runs, rather than another one with its id. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** Sends a signal to that very process; whether it was there. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, name);
  } catch {
    return false;
  }
}

/** Waits until that process is gone; `false` if it still runs after so many milliseconds. */
export async function waitUntilGone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (isRunning(identity)) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}
