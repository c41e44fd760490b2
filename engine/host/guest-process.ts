import { encodeFrame, FrameReader, frame } from "./guest/frames.ts";
import type { EngineName, Lost, RoomOptions } from "./guest/room.ts";
import type { Sealed } from "./guest/seal.ts";
import { waitsAtMost } from "./guest/slice.ts";
import { type GuestChild, spawnGuest } from "./guest-child.ts";
import { isolatePrelude } from "./isolate-prelude.ts";
import { findJail } from "./jail/find-jail.ts";
import type { Jail } from "./jail/jail.ts";
import { missingWalls, wallsAreRequired } from "./jail/strict.ts";
import { innermost, residentMb, usedMs } from "./process-facts.ts";

/** One place where a plugin's code runs, out of our process: a room of a guest process. */
export interface Bridge {
  /** Of the process that runs the plugin; -1 once it's gone. */
  readonly pid: number;
  /** Text for the plugin's side. */
  post(text: string): void;
  /** A message for the inspector of a room that was opened with `inspect`. */
  inspect(text: string): void;
  /** Ends it at once, whatever it does; its process too, unless it only was closed while others live there. */
  kill(reason: GuestEnd): void;
}

/**
 * Why a guest is no more. `signal`: something outside killed it, or it crashed. `neighbour`: another plugin of its
 * process was lost. `walls`: strict, and one is missing.
 */
export interface GuestEnd {
  readonly reason: Lost["reason"] | "signal" | "neighbour" | "closed" | "protocol" | "walls";
  readonly message: string;
  readonly stack?: string | undefined;
}

export interface GuestOptions extends RoomOptions {
  readonly bundle: string;
  /** Shown in stacks: `plugin:docker`. */
  readonly name: string;
  readonly onText: (text: string) => void;
  readonly onInspect?: ((text: string) => void) | undefined;
  /** Once, however it ends. */
  readonly onEnd: (end: GuestEnd) => void;
  /** What the process writes to stderr; never an argument of a call. */
  readonly onNoise?: ((line: string) => void) | undefined;
}

export interface StartedGuest {
  readonly bridge: Bridge;
  /** The description of what the plugin exports, as JSON; `onEnd` is called too if it fails. */
  readonly opened: Promise<string>;
}

type SpawnGuest = (jail: Jail, engine: EngineName) => GuestChild;

interface Guest {
  readonly options: GuestOptions;
  readonly opened: (description: string) => void;
  readonly failed: (error: Error) => void;
  late?: NodeJS.Timeout;
}

/** Until its own thread answers for the first time: on a busy machine that takes its time. */
const startMs = 60_000;
/** From then on until a plugin is loaded: more than a turn may last at most, whose message says more. */
const loadMs = 20_000;
/** A debugger may stop the plugin while it is loaded. */
const inspectedLoadMs = 24 * 3_600_000;
const watchMs = 100;
/** Node itself takes some 75 MB; isolated-vm lets a heap grow to about twice its limit before it acts. */
const processMb = 160;
const idleRoomMb = 16;
/** The process's own thread answers between two turns of a plugin, however long one takes. */
const answerMs = 2000;

/**
 * A process for plugins that may share one. It inherits nothing: an empty environment, `/` as its folder, three pipes,
 * and in its jail a view of its own code only. It starts at once and can be told to open rooms from then on.
 */
export class GuestProcess {
  /** Resolves when rooms open without delay; rejects when it ends before. */
  readonly ready: Promise<void>;
  readonly engine: EngineName;
  jail: Jail | undefined;
  sealed: Sealed | undefined;
  readonly #limits: RoomOptions;
  readonly #guests = new Map<number, Guest>();
  readonly #watch: NodeJS.Timeout;
  #child: GuestChild | undefined;
  #pid = -1;
  #end: GuestEnd | undefined;
  #gone = false;
  #lastRoom = 0;
  /** The room that ended the process; 0 for none. */
  #culprit = 0;
  /** Whether several rooms were in it when it ended. */
  #crowded = false;
  #asked = 0;
  #usedBefore = 0;
  #looked = 0;
  #resolveReady: () => void = () => {};
  #rejectReady: (error: Error) => void = () => {};

  /** `spawnChild`: another one than ours, for tests that play a hostile guest. */
  constructor(engine: EngineName, limits: RoomOptions, spawnChild: SpawnGuest = spawnGuest) {
    this.engine = engine;
    this.#limits = limits;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.ready.catch(() => {});
    this.#watch = setInterval(() => this.#look(), watchMs);
    this.#watch.unref();
    this.#start(spawnChild).catch((error: Error) =>
      this.#close({ reason: "signal", message: error.message }),
    );
  }

  /** Of the process that runs plugins, inside of all jails. */
  get pid(): number {
    return this.#gone ? -1 : this.#pid;
  }

  get rooms(): number {
    return this.#guests.size;
  }

  /** Whether another plugin may be put here. */
  get usable(): boolean {
    return this.#end === undefined;
  }

  open(options: GuestOptions): StartedGuest {
    const room = ++this.#lastRoom;
    const within = options.inspect === true ? inspectedLoadMs : loadMs;
    const opened = new Promise<string>((resolve, reject) => {
      this.#guests.set(room, { options, opened: resolve, failed: reject });
    });
    opened.catch(() => {});
    const { bundle, name, memoryMb, sliceMs, inspect } = options;
    const text = JSON.stringify({ bundle, name, memoryMb, sliceMs, inspect });
    const late = () => this.#kill(room, { reason: "stuck", message: `was not loaded after ${within} ms` });
    this.ready.then(
      () => {
        const guest = this.#guests.get(room);
        if (guest !== undefined) guest.late = setTimeout(late, within);
        this.#send(frame.open, room, text);
      },
      () => {}, // its end is told to every room
    );
    if (this.#end !== undefined) queueMicrotask(() => this.#tellEnd(room));
    const process = this;
    const bridge: Bridge = {
      get pid() {
        return process.pid;
      },
      post: (message) => this.#send(frame.message, room, message),
      inspect: (message) => this.#send(frame.inspect, room, message),
      kill: (why) => this.#kill(room, why),
    };
    return { bridge, opened };
  }

  /** Ends the process and with it all that is in it. */
  kill(why: GuestEnd): void {
    this.#kill(0, why);
  }

  async #start(spawnChild: SpawnGuest): Promise<void> {
    const jail = await findJail();
    this.jail = jail;
    if (this.#end !== undefined) return this.#close(this.#end);
    const child = spawnChild(jail, this.engine);
    this.#child = child;
    this.#pid = child.pid ?? -1;
    const reader = new FrameReader((type, room, text) => this.#take(type, room, text));
    child.stdout.on("data", (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.kill({ reason: "protocol", message: `sent ${(error as Error).message}` });
      }
    });
    child.stderr.on("data", (chunk: Buffer) => this.#hear(chunk.toString("utf8").trimEnd().slice(0, 2000)));
    child.stdin.on("error", () => {}); // it died; its end says so
    child.onEnd((message) => this.#close({ reason: "signal", message }));
    const late = setTimeout(
      () => this.kill({ reason: "signal", message: `did not start within ${startMs} ms` }),
      startMs,
    );
    this.ready.finally(() => clearTimeout(late)).catch(() => {});
    const { memoryMb, sliceMs, inspect } = this.#limits;
    const start = { engine: this.engine, prelude: isolatePrelude(), memoryMb, sliceMs, inspect };
    this.#send(frame.start, 0, JSON.stringify(start));
  }

  #take(type: number, room: number, text: string): void {
    if (this.#end !== undefined) return;
    const guest = this.#guests.get(room);
    if (type === frame.message) guest?.options.onText(text);
    else if (type === frame.inspect) guest?.options.onInspect?.(text);
    else if (type === frame.ping) this.#asked = 0;
    else if (type === frame.ready) this.#isReady(JSON.parse(text) as Sealed);
    else if (type === frame.opened) {
      clearTimeout(guest?.late);
      guest?.opened(text);
    } else if (type === frame.lost) {
      const { reason, message, stack } = JSON.parse(text) as Lost;
      this.#kill(room, { reason, message: String(message), stack });
    }
  }

  #isReady(sealed: Sealed): void {
    this.sealed = sealed;
    this.#pid = innermost(this.#pid);
    const missing = this.jail === undefined ? [] : missingWalls(this.jail, sealed);
    if (missing.length > 0 && wallsAreRequired())
      this.kill({ reason: "walls", message: `has no ${missing.join(", no ")}` });
    else this.#resolveReady();
  }

  #send(type: number, room: number, text: string): void {
    if (this.#gone || this.#child === undefined) return;
    this.#child.stdin.write(encodeFrame(type, room, text));
  }

  /** A room that is closed goes alone; one that is lost takes the process with it, whose state nobody knows then. */
  #kill(room: number, why: GuestEnd): void {
    const guest = this.#guests.get(room);
    if (guest !== undefined && why.reason === "closed" && this.#guests.size > 1) {
      this.#send(frame.close, room, "");
      this.#tellEnd(room, why);
      return;
    }
    if (this.#end !== undefined) return;
    this.#culprit = guest === undefined ? 0 : room;
    this.#child?.kill();
    this.#tellAll(why);
  }

  #close(end: GuestEnd): void {
    if (this.#gone) return;
    this.#gone = true;
    clearInterval(this.#watch);
    if (this.#end === undefined) this.#tellAll(end);
  }

  /** At once, also where the process takes its time to end: whoever was in it must not be given another call. */
  #tellAll(end: GuestEnd): void {
    this.#end = end;
    this.#crowded = this.#guests.size > 1;
    this.#rejectReady(new Error(end.message));
    if (this.#culprit !== 0) this.#tellEnd(this.#culprit, end);
    for (const room of [...this.#guests.keys()]) this.#tellEnd(room);
  }

  #tellEnd(room: number, why?: GuestEnd): void {
    const guest = this.#guests.get(room);
    if (guest === undefined) return;
    this.#guests.delete(room);
    clearTimeout(guest.late);
    const end = why ?? this.#endForOthers();
    guest.failed(new Error(end.message));
    guest.options.onEnd(end);
  }

  /** What rooms are told that didn't end the process themselves. */
  #endForOthers(): GuestEnd {
    const end = this.#end ?? { reason: "signal", message: "was ended" };
    if (end.reason === "closed" || end.reason === "walls") return end;
    // whose doing it was shows when each has a process of its own
    if (this.#culprit === 0)
      return this.#crowded ? { reason: "signal", message: `was ended: it ${end.message}` } : end;
    return { reason: "neighbour", message: "was ended because of another plugin in it" };
  }

  #hear(line: string): void {
    for (const { options } of this.#guests.values()) {
      options.onNoise?.(line);
      return; // nobody can say whose line it is
    }
  }

  /** Looks at memory, and whether the process's own thread still answers while somebody is there. */
  #look(): void {
    if (this.#pid <= 0 || this.#end !== undefined) return;
    const mb = residentMb(this.#pid);
    const rooms = this.#guests.size;
    if (mb > processMb + 3 * this.#limits.memoryMb + Math.max(rooms - 1, 0) * idleRoomMb)
      this.kill({ reason: "memory", message: `made its process grow to ${mb} MB` });
    else if (rooms > 0 && this.sealed !== undefined) this.#ask();
  }

  #ask(): void {
    const now = performance.now();
    const late = now - this.#looked > answerMs; // this process was held up itself
    this.#looked = now;
    if (this.#asked === 0 || late) {
      this.#asked = now;
      this.#usedBefore = usedMs(this.#pid);
      this.#send(frame.ping, 0, "");
      return;
    }
    const { sliceMs } = this.#limits;
    const waited = now - this.#asked;
    if (waited <= sliceMs + answerMs) return;
    const used = usedMs(this.#pid) - this.#usedBefore; // it may wait for a processor, as everybody does
    if (used > sliceMs || waited > sliceMs * waitsAtMost + answerMs)
      this.kill({
        reason: "stuck",
        message: `kept its process from answering for ${Math.round(waited)} ms`,
      });
  }
}

/** A process for one guest alone, which ends with it. */
export function startGuest(options: GuestOptions & { readonly engine?: EngineName }): StartedGuest {
  return new GuestProcess(options.engine ?? "isolated-vm", options).open(options);
}
