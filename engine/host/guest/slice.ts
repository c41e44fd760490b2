/**
 * How long a plugin's code may compute at a stretch. Both clocks must have run out: the wall's, and that of the
 * processor, because a process that waits for one on a busy machine isn't to blame. What waits without computing is
 * bounded all the same.
 */
export class Slice {
  readonly #ms: number;
  #began = 0;
  #usedBefore = 0;

  constructor(ms: number) {
    this.#ms = ms;
    this.begin();
  }

  begin(): void {
    this.#began = performance.now();
    this.#usedBefore = usedMs();
  }

  /** Milliseconds after which it may be over; 0 when it is. */
  get left(): number {
    const passed = performance.now() - this.#began;
    if (passed <= this.#ms) return Math.max(1, this.#ms - passed);
    const used = usedMs() - this.#usedBefore;
    if (used > this.#ms) return 0;
    const atMost = this.#ms * waitsAtMost - passed;
    return atMost <= 0 ? 0 : Math.max(1, Math.min(this.#ms - used, atMost));
  }
}

/** How many times its length a slice may last where the processor is busy with others. */
export const waitsAtMost = 4;

/** Milliseconds of a processor that all threads of this process have used. */
function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
