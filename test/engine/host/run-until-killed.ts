import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Runs a script that prints the id of a process which it started, kills it, and looks whether that process goes too. */
export async function runUntilKilled(script: string): Promise<{ readonly alive: boolean }> {
  const worker = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(worker.stdout, "data")) as [Buffer];
  const pid = Number(line.toString("utf8"));
  if (!lives(pid)) throw new Error(`there is no process ${pid}`);
  worker.kill("SIGKILL");
  for (let i = 0; i < 100 && lives(pid); i++) await pause(50);
  return { alive: lives(pid) };
}

/** A zombie doesn't live: whether somebody fetches it is up to the system's first process. */
function lives(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
