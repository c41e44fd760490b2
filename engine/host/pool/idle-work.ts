import { usedMs } from "../process-facts.ts";

/** Whoever is in a process: whether calls run there, and when the last one began. */
export interface Occupant {
  /** `undefined` while it has no process. */
  readonly pid: number | undefined;
  readonly idle: boolean;
  readonly usedAt: number;
}

/** A process as it was when its last call had ended. */
interface Idle {
  readonly usedAt: number;
  readonly cpuMs: number;
}

/** A processor's time that a process may use while nobody calls a plugin in it: for clean-up, not for work of its own. */
const allowedMs = 1000;

/**
 * Finds processes that go on computing after the calls of their plugins are over: timers, promises and clean-up
 * callbacks run on, and no call's limit holds for them.
 */
export class IdleWork {
  readonly #cpuMs: (pid: number) => number;
  #idle = new Map<number, Idle>();

  /** `cpuMs`: what a process has used so far. */
  constructor(cpuMs: (pid: number) => number = usedMs) {
    this.#cpuMs = cpuMs;
  }

  /** Looks once; to be called every now and then. Gives the processes that have used too much since their last call. */
  look(occupants: Iterable<Occupant>): Set<number> {
    const processes = new Map<number, { idle: boolean; usedAt: number }>();
    for (const { pid, idle, usedAt } of occupants) {
      if (pid === undefined || pid <= 0) continue;
      const known = processes.get(pid) ?? { idle: true, usedAt: 0 };
      processes.set(pid, { idle: known.idle && idle, usedAt: Math.max(known.usedAt, usedAt) });
    }
    const next = new Map<number, Idle>();
    const found = new Set<number>();
    for (const [pid, { idle, usedAt }] of processes) {
      if (!idle) continue;
      const cpuMs = this.#cpuMs(pid);
      const since = this.#idle.get(pid);
      if (since?.usedAt !== usedAt) next.set(pid, { usedAt, cpuMs });
      else {
        next.set(pid, since);
        if (cpuMs - since.cpuMs > allowedMs) found.add(pid);
      }
    }
    this.#idle = next;
    return found;
  }
}
