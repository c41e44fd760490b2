/** When a guest that keeps getting lost may be started again. */
export class Restarts {
  readonly #now: () => number;
  #losses: number[] = [];
  #rests = 0;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  lost(): void {
    const now = this.#now();
    this.#losses = [...this.#losses.filter((at) => now - at < windowMs), now];
    if (this.#losses.length >= lossesAtMost) this.#rests += 1;
  }

  /** A call came to its end: what went wrong before had other reasons than the plugin. */
  succeeded(): void {
    this.#losses = [];
    this.#rests = 0;
  }

  /** Milliseconds to wait before the next start: none after one loss, then longer each time. */
  get delay(): number {
    const last = this.#losses.at(-1);
    if (last === undefined || this.#losses.length < 2) return 0;
    const pause = Math.min(firstMs * 2 ** this.#losses.length, longestMs);
    return Math.max(last + pause - this.#now(), 0);
  }

  /** Milliseconds for which it isn't started at all, after five losses within a minute without a good call; 0 otherwise. */
  get rest(): number {
    const last = this.#losses.at(-1);
    if (last === undefined || this.#rests === 0) return 0;
    const pause = Math.min(restMs * 2 ** (this.#rests - 1), longestRestMs);
    return Math.max(last + pause - this.#now(), 0);
  }

  get losses(): number {
    return this.#losses.length;
  }
}

const windowMs = 60_000;
const lossesAtMost = 5;
const firstMs = 50;
const longestMs = 5_000;
const restMs = 30_000;
const longestRestMs = 300_000;
