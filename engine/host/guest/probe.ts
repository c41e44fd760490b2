/**
 * A guest that holds no plugin but tries the walls itself, with all that Node can do: `examineJail` starts it in a
 * jail, without Node's permission model. It writes one line of JSON: what each try came to.
 */
import { spawnSync } from "node:child_process";
import { openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { type Sealed, seal } from "./seal.ts";

/** What the probe is told: a file outside of its view, a port that listens, a process that lives. */
export interface ProbeTargets {
  readonly file: string;
  readonly port: number;
  readonly pid: number;
}

export interface ProbeReport {
  /** By try; `null` where it succeeded and the wall didn't hold, else the reason. */
  readonly before: Readonly<Record<"read" | "write" | "connect" | "signal" | "inherit", string | null>>;
  readonly sealed: Sealed;
  readonly after: Readonly<Record<"open" | "start" | "socket", string | null>>;
}

const { file, port, pid } = JSON.parse(process.argv[2] ?? "{}") as ProbeTargets;
const own = process.argv[1] ?? "";

function attempt(breakOut: () => unknown): string | null {
  try {
    breakOut();
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

function connects(): Promise<string | null> {
  return new Promise((resolve) => {
    try {
      const socket = connect(port, "127.0.0.1", () => resolve(null));
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    } catch (error) {
      resolve((error as Error).message); // sealed: it can't even be made
    }
  });
}

/** Variables of the environment but the one that shells and bubblewrap set by themselves, to the folder. */
function inherited(): string[] {
  return Object.entries(process.env).flatMap(([name, value]) =>
    name === "PWD" && value === "/" ? [] : [name],
  );
}

const before = {
  read: attempt(() => openSync(file, "r")),
  write: attempt(() => {
    writeFileSync("/coppice-probe", "");
    rmSync("/coppice-probe"); // it could: nothing is left of it
  }),
  connect: await connects(),
  signal: attempt(() => process.kill(pid, 0)),
  inherit: inherited().length === 0 && process.cwd() === "/" ? "nothing is there" : null,
};
openSync(own, "r"); // what it may read, it can read as long as it isn't sealed
const start = () => {
  const { error } = spawnSync(process.execPath, ["--version"]);
  if (error !== undefined) throw error;
};
const sealed = await seal();
const after = {
  open: attempt(() => openSync(own, "r")),
  start: attempt(start),
  socket: await connects(),
};
const report: ProbeReport = { before, sealed, after };
writeSync(1, `${JSON.stringify(report)}\n`);
process.kill(process.pid, "SIGKILL");
process.abort();
