import { spawnSync } from "node:child_process";
import type { Finding } from "./examine-machine.ts";

/** Tries each wall around plugins on this machine, from the inside out, and says which of them hold. */
export async function examineWalls(): Promise<Finding[]> {
  return [isolateWall(), processWall(), permissionWall(), namespaceWall()];
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

/** Whether the kernel lets us put a guest process into namespaces of its own. */
function namespaceWall(): Finding {
  const done = spawnSync("unshare", ["--user", "--map-root-user", "--net", "--pid", "--fork", "true"], {
    stdio: "ignore",
    timeout: 2_000,
  });
  const help =
    "Guests run without an operating system's jail around them; allow user namespaces (kernel.unprivileged_userns_clone=1) to have one available.";
  return wall(
    "Wall: namespaces",
    done.status === 0,
    "the kernel offers user, network and process namespaces",
    help,
    "warning",
  );
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
