import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProbeReport, ProbeTargets } from "../guest/probe.ts";
import { guestView } from "./guest-view.ts";
import type { Jail } from "./jail.ts";

/** One wall of the operating system's, tried from inside. */
export interface WallTried {
  readonly wall: "files" | "network" | "processes" | "inheritance" | "no-new-privs" | "system calls";
  readonly holds: boolean;
  /** What the tries came to: `reading a file of ours: ENOENT`. */
  readonly said: string;
}

const probeMs = 10_000;

/** Starts a guest in this jail that tries to get out, and says what it could do. Throws when it doesn't come up. */
export async function examineJail(jail: Jail): Promise<WallTried[]> {
  const door = await openDoor();
  try {
    const file = fileURLToPath(new URL("../plugin-host.ts", import.meta.url)); // beside what a guest may see
    const report = await runProbe(jail, { file, port: door.port, pid: process.pid });
    const { before, sealed, after } = report;
    const visits = door.visits();
    return [
      wall("files", { "reading a file of ours": before.read, "writing one": before.write }),
      wall("network", { "reaching a port of ours": visits > 0 ? null : before.connect }),
      wall("processes", { "a signal to the worker": before.signal }),
      wall("inheritance", { "environment and folder": before.inherit }),
      wall("no-new-privs", { "the flag": sealed.noNewPrivileges ? "set" : null }),
      wall("system calls", {
        "opening its own code": after.open,
        "starting a program": after.start,
        "making a socket": after.socket,
      }),
    ];
  } finally {
    door.close();
  }
}

function wall(name: WallTried["wall"], tries: Readonly<Record<string, string | null>>): WallTried {
  const said = Object.entries(tries).map(([what, reason]) => `${what}: ${reason ?? "succeeded"}`);
  const holds = Object.values(tries).every((reason) => reason !== null);
  return { wall: name, holds, said: said.join(", ") };
}

/** A port on loopback that nobody should be able to reach from a jail. */
async function openDoor(): Promise<{ port: number; visits: () => number; close: () => void }> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number };
  return { port, visits: () => visits, close: () => server.close() };
}

/** Without Node's own permission model, which would answer before the jail does. */
async function runProbe(jail: Jail, targets: ProbeTargets): Promise<ProbeReport> {
  const { main, code, system } = guestView();
  const flags = ["--no-node-snapshot", "--disable-warning=ExperimentalWarning"];
  const script = join(dirname(main), "probe.ts");
  const { file, args } = jail.command(
    process.execPath,
    [...flags, script, JSON.stringify(targets)],
    [...system, ...code],
  );
  const child = spawn(file, args, { env: {}, cwd: "/", stdio: ["ignore", "pipe", "pipe"], timeout: probeMs });
  let [out, noise] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    noise += chunk.toString("utf8");
  });
  await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
  try {
    return JSON.parse(out) as ProbeReport;
  } catch {
    throw new Error(`the probe did not come up: ${noise.trim().split("\n")[0] || "it said nothing"}`);
  }
}
