import type { EngineName, RoomOptions } from "../guest/room.ts";
import { GuestProcess } from "../guest-process.ts";

export interface PoolOptions extends RoomOptions {
  /** Processes that are started ahead, for each engine in use. */
  readonly spares: number;
}

/** Plugins that share a process at most. */
const roomsAtMost = 32;

/**
 * Guest processes, some of them started ahead: a call to a plugin that has none yet then waits for its own code only.
 * Processes are given to one trust domain and never to another after it.
 */
export class ProcessPool {
  readonly #options: PoolOptions;
  readonly #spares = new Map<EngineName, GuestProcess[]>();
  readonly #shared = new Map<string, GuestProcess>();
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Starts spare processes, so that the first call finds one. */
  warm(engine: EngineName): void {
    const spares = (this.#spares.get(engine) ?? []).filter((each) => each.usable);
    while (spares.length < this.#options.spares && !this.#closed)
      spares.push(new GuestProcess(engine, this.#options));
    this.#spares.set(engine, spares);
  }

  /** A process of its own. */
  take(engine: EngineName): GuestProcess {
    const spares = this.#spares.get(engine) ?? [];
    let taken = spares.shift();
    while (taken !== undefined && !taken.usable) taken = spares.shift();
    const process = taken ?? new GuestProcess(engine, this.#options);
    // the next spare waits until this one has loaded its plugin: there may be one processor only
    const refill = () => setTimeout(() => this.warm(engine), refillMs).unref();
    process.ready.then(refill, refill);
    return process;
  }

  /** The process of those who may share one: same `domain`, same engine. */
  share(domain: string, engine: EngineName): GuestProcess {
    const name = `${engine} ${domain}`;
    const known = this.#shared.get(name);
    if (known?.usable && known.rooms < roomsAtMost) return known;
    const made = this.take(engine);
    this.#shared.set(name, made);
    return made;
  }

  /** Ends the spare processes; the others end with their plugins. */
  close(): void {
    this.#closed = true;
    for (const spare of [...this.#spares.values()].flat())
      spare.kill({ reason: "closed", message: "the plugin host was closed" });
    this.#spares.clear();
  }
}

const refillMs = 50;
