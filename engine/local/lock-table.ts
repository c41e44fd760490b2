import type { LockRequest } from "../../workflows/activities.ts";
import type { Clock } from "../worker/clock.ts";

/** Locks in memory: first come, first served; all names of a request or none. */
export class LockTable {
  readonly #clock: Clock;
  /** In the order in which they came; those that hold come before those that wait for the same name. */
  readonly #queue: Place[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Queues; `true` when the locks are held at once. A repeat changes nothing. */
  take(q: Pick<LockRequest, "actionId" | "callId" | "names">): boolean {
    let place = this.#queue.find((other) => isOf(other, q));
    if (place === undefined) {
      place = { ...q, held: false, grant: () => {} };
      this.#queue.push(place);
      this.#settle();
    }
    return place.held;
  }

  /** Gives locks back, or leaves the queue, and lets the next ones have them. */
  release(q: Pick<LockRequest, "actionId" | "callId">): void {
    const index = this.#queue.findIndex((place) => isOf(place, q));
    if (index < 0) return;
    this.#queue.splice(index, 1);
    this.#settle();
  }

  /** Gives back all that a run left behind. */
  releaseAll(actionId: string): void {
    for (const place of this.#queue.filter((other) => other.actionId === actionId)) this.release(place);
  }

  /** Waits for locks that `take` did not get at once, at most `withinMs`, or until `signal` is aborted. */
  async wait(q: LockRequest, signal: AbortSignal): Promise<boolean> {
    const place = this.#queue.find((other) => isOf(other, q));
    if (place === undefined) return false;
    const done = new AbortController();
    const stop = () => done.abort();
    signal.addEventListener("abort", stop, { once: true });
    place.grant = stop;
    if (!place.held && !signal.aborted) await this.#clock.sleep(q.withinMs, done.signal);
    signal.removeEventListener("abort", stop);
    return place.held;
  }

  /** Whoever has nobody before them in any of their queues holds. */
  #settle(): void {
    const taken = new Set<string>();
    for (const place of this.#queue) {
      if (!place.held && place.names.every((name) => !taken.has(name))) {
        place.held = true;
        place.grant();
      }
      for (const name of place.names) taken.add(name);
    }
  }
}

interface Place {
  readonly actionId: string;
  readonly callId: string;
  readonly names: readonly string[];
  held: boolean;
  grant: () => void;
}

function isOf(place: Place, q: Pick<LockRequest, "actionId" | "callId">): boolean {
  return place.actionId === q.actionId && place.callId === q.callId;
}
