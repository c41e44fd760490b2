import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encodeFrame, FrameReader, frame } from "./guest/frames.ts";
import type { Lost, RoomOptions } from "./guest/room.ts";
import { isolatePrelude } from "./isolate-prelude.ts";
import { safeIsolatedVm } from "./isolated-vm-version.ts";

/** One place where a plugin's code runs, out of our process. isolated-vm is one engine; others may follow. */
export interface Bridge {
  readonly pid: number;
  /** Text for the plugin's side. */
  post(text: string): void;
  /** Ends it at once, whatever it does. */
  kill(reason: GuestEnd): void;
}

/** Why a guest is no more. `signal`: something outside killed it, or it crashed. */
export interface GuestEnd {
  readonly reason: Lost["reason"] | "signal" | "closed" | "protocol";
  readonly message: string;
  readonly stack?: string | undefined;
}

export interface GuestOptions extends RoomOptions {
  readonly bundle: string;
  /** Shown in stacks: `docker-0.1.0.js`. */
  readonly name: string;
  readonly onText: (text: string) => void;
  /** Once, however it ends. */
  readonly onEnd: (end: GuestEnd) => void;
  /** What the process writes to stderr; never an argument of a call. */
  readonly onNoise?: ((line: string) => void) | undefined;
}

const loadMs = 10_000;
const watchMs = 100;
/** Node itself takes some 75 MB; isolated-vm lets a heap grow to about twice its limit before it acts. */
const processMb = 160;

/**
 * Starts a guest process with one isolate and loads a plugin into it. The process inherits nothing: an empty
 * environment, `/` as its folder, three pipes, and read access to its own code only. Resolves with the description of
 * what the plugin exports, as JSON; `onEnd` is called if that fails.
 */
export function startGuest(options: GuestOptions): {
  readonly bridge: Bridge;
  readonly opened: Promise<string>;
} {
  const child = spawnGuest();
  const isolate = 1;
  let end: GuestEnd | undefined;
  let reject: (error: Error) => void = () => {};
  const kill = (why: GuestEnd): void => {
    end ??= why;
    child.kill("SIGKILL");
  };
  const opened = new Promise<string>((resolve, no) => {
    reject = no;
    const reader = new FrameReader((type, _isolate, text) => {
      if (end !== undefined) return;
      if (type === frame.message) options.onText(text);
      else if (type === frame.opened) resolve(text);
      else if (type === frame.lost) kill(JSON.parse(text) as Lost);
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        kill({ reason: "protocol", message: (error as Error).message });
      }
    });
  });
  const late = setTimeout(
    () => kill({ reason: "stuck", message: `was not loaded after ${loadMs} ms` }),
    loadMs,
  );
  const watch = setInterval(() => {
    const mb = residentMb(child.pid);
    if (mb > processMb + 3 * options.memoryMb)
      kill({ reason: "memory", message: `made its process grow to ${mb} MB` });
  }, watchMs);
  watch.unref();
  opened.then(
    () => clearTimeout(late),
    () => clearTimeout(late),
  );
  child.stderr?.on("data", (chunk: Buffer) =>
    options.onNoise?.(chunk.toString("utf8").trimEnd().slice(0, 2000)),
  );
  child.stdin?.on("error", () => {}); // it died; "close" says so
  child.on("error", (error) => kill({ reason: "signal", message: error.message }));
  child.on("close", (code, signal) => {
    clearInterval(watch);
    end ??= { reason: "signal", message: `was ended by ${signal ?? `exit code ${code}`}` };
    reject(new Error(end.message));
    options.onEnd(end);
  });
  opened.catch(() => {});
  const { bundle, name, memoryMb, sliceMs } = options;
  child.stdin?.write(encodeFrame(frame.prelude, 0, isolatePrelude()));
  child.stdin?.write(encodeFrame(frame.open, isolate, JSON.stringify({ bundle, name, memoryMb, sliceMs })));
  const bridge: Bridge = {
    pid: child.pid ?? -1,
    post: (text) => void child.stdin?.write(encodeFrame(frame.message, isolate, text)),
    kill,
  };
  return { bridge, opened };
}

function spawnGuest(): ChildProcess {
  const own = fileURLToPath(new URL("./guest", import.meta.url));
  vm ??= safeIsolatedVm();
  const readable = [own, vm.folder, `${vm.modules}/node-gyp-build`, "/etc/alpine-release"];
  const flags = [
    "--no-node-snapshot",
    "--disable-warning=ExperimentalWarning",
    "--disable-warning=SecurityWarning",
    "--permission",
    "--allow-addons",
    ...readable.map((path) => `--allow-fs-read=${path}`),
  ];
  return spawn(process.execPath, [...flags, `${own}/main.ts`], {
    env: {},
    cwd: "/",
    stdio: ["pipe", "pipe", "pipe"],
    detached: false,
  });
}

let vm: ReturnType<typeof safeIsolatedVm> | undefined;

/** Resident memory of a process in MB; 0 where the system doesn't say. */
function residentMb(pid: number | undefined): number {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1];
    return Math.round((Number(pages) * 4096) / 1024 / 1024);
  } catch {
    return 0;
  }
}
