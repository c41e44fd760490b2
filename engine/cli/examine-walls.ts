import { spawnSync } from "node:child_process";
import { examineJail, type WallTried } from "../host/jail/examine-jail.ts";
import { findJail } from "../host/jail/find-jail.ts";
import type { Jail } from "../host/jail/jail.ts";
import type { Finding } from "./examine-machine.ts";

/**
 * Tries each wall around plugins on this machine, from the inside out, and says which of them hold. `strict`: a wall of
 * the operating system's that is missing counts as a problem.
 */
export async function examineWalls(strict: boolean): Promise<Finding[]> {
  return [isolateWall(), processWall(), permissionWall(), ...(await systemWalls(strict))];
}

/** Code in an isolate sees neither Node nor the process. */
function isolateWall(): Finding {
  const script = `
    const ivm = require("isolated-vm");
    const isolate = new ivm.Isolate({ memoryLimit: 16 });
    const seen = isolate.createContextSync().evalSync("typeof process + typeof require + typeof fetch");
    let stopped = false;
    try { isolate.createContextSync().evalSync("for(;;);", { timeout: 50 }); } catch { stopped = true; }
    process.stdout.write(seen + stopped);`;
  const holds = runNode(["--no-node-snapshot", "-e", script]).stdout === "undefinedundefinedundefinedtrue";
  return wall(
    "Wall: isolate",
    holds,
    "no Node globals inside, and an endless loop is stopped",
    "Plugins can't be run: see isolated-vm above.",
    "problem",
  );
}

/** A guest process that eats memory or loops can be killed from outside. */
function processWall(): Finding {
  const done = spawnSync(process.execPath, ["-e", "for(;;);"], {
    timeout: 300,
    killSignal: "SIGKILL",
    stdio: "ignore",
  });
  return wall(
    "Wall: process",
    done.signal === "SIGKILL",
    "a guest process is killed when it overruns",
    "Child processes can't be killed here.",
    "problem",
  );
}

/** Node's permission model keeps a guest process from files and from starting programs. */
function permissionWall(): Finding {
  const script = `
    let held = 0;
    try { require("node:fs").readFileSync("/etc/passwd"); } catch (error) { held += error.code === "ERR_ACCESS_DENIED"; }
    try { require("node:child_process").spawnSync("true"); } catch (error) { held += error.code === "ERR_ACCESS_DENIED"; }
    process.stdout.write(String(held));`;
  const holds = runNode(["--permission", "-e", script]).stdout === "2";
  return wall(
    "Wall: --permission",
    holds,
    "a guest process opens no files and starts no programs",
    "Use the Node 24 that comes with Coppice.",
    "warning",
  );
}

/** What a probe in a guest's jail could do, wall by wall. */
async function systemWalls(strict: boolean): Promise<Finding[]> {
  const level = strict ? "problem" : "warning";
  const jail = await findJail();
  try {
    const tried = await examineJail(jail);
    return tried.map((each) => systemWall(each, jail, level));
  } catch (error) {
    const help = "Plugins can't be run: the probe is started as they are.";
    return [{ subject: "Wall: jail", level: "problem", text: (error as Error).message, help }];
  }
}

function systemWall({ wall, holds, said }: WallTried, jail: Jail, level: Finding["level"]): Finding {
  const subject = `Wall: ${wall}`;
  if (holds) return { subject, level: "ok", text: `holds (${madeBy(wall, jail)}): ${said}` };
  const help = byProcess.has(wall)
    ? "Needs Linux on x64 or arm64 with seccomp."
    : `No jail, because ${jail.why ?? "it leaks"}. Install bubblewrap, and allow user namespaces (sysctl user.max_user_namespaces).`;
  return { subject, level, text: `does not hold: ${said}`, help };
}

/** Walls that a guest process builds around itself; the jail builds the others. */
const byProcess: ReadonlySet<WallTried["wall"]> = new Set(["no-new-privs", "system calls"]);

function madeBy(wall: WallTried["wall"], jail: Jail): string {
  return byProcess.has(wall) ? "seccomp" : jail.name;
}

function runNode(args: readonly string[]): { stdout: string } {
  const done = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 5_000,
    cwd: import.meta.dirname,
  });
  return { stdout: done.stdout ?? "" };
}

function wall(
  subject: string,
  holds: boolean,
  text: string,
  help: string,
  otherwise: Finding["level"],
): Finding {
  return holds
    ? { subject, level: "ok", text: `holds: ${text}` }
    : { subject, level: otherwise, text: "does not hold", help };
}
