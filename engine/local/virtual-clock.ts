import type { Clock } from "../worker/clock.ts";

/**
 * A clock that jumps: when everything waits, it is the time of whoever waits for the earliest. So five minutes pass in
 * an instant, and two waits of five minutes side by side pass together. It moves only while `drive` waits for a run.
 */
export class VirtualClock implements Clock {
  #now: number;
  /** The earliest last; of equal times the one that was asked for first. */
  readonly #timers: Timer[] = [];
  #order = 0;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  /** Sets the time while nothing runs; timers that are due fire in the next run. */
  set(milliseconds: number): void {
    this.#now = milliseconds;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      this.#order += 1;
      const timer: Timer = { at: this.#now + Math.max(0, milliseconds), order: this.#order, fire };
      const timers = this.#timers;
      function fire() {
        signal?.removeEventListener("abort", stop);
        resolve();
      }
      function stop() {
        timers.splice(timers.indexOf(timer), 1);
        resolve();
      }
      this.#add(timer);
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  /** Lets time pass until `work` has ended. Whatever it waits for must be a timer of this clock, or end by itself soon. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const noted = work.finally(() => {
      ended = true;
    });
    noted.catch(() => {}); // its failure is returned below
    for (let idle = 0; ; ) {
      await new Promise((resolve) => setImmediate(resolve)); // all that can go on without time passing has gone on
      if (ended) return await noted;
      const timer = this.#timers.pop();
      if (timer !== undefined) {
        idle = 0;
        this.#now = Math.max(this.#now, timer.at);
        timer.fire();
      } else {
        idle += 1;
        if (idle > patience) throw new Error("nothing waits for time to pass, and nothing goes on");
        if (idle > 2) await new Promise((resolve) => setTimeout(resolve, 1)); // something real is under way
      }
    }
  }

  #add(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#timers[middle];
      if (
        other !== undefined &&
        (other.at > timer.at || (other.at === timer.at && other.order > timer.order))
      )
        low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Some ten seconds. */
const patience = 10_000;
