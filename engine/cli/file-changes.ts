import { type FSWatcher, watch } from "node:fs";

/** Changes of files, from the first look until `close`: one that comes between two calls of `next` isn't missed. */
export class FileChanges {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #signal: AbortSignal;
  readonly #counts: (name: string | null) => boolean;
  #quiet: NodeJS.Timeout | undefined;
  #changed = false;
  #wake = () => {};

  /** `signal` ends all waits; `counts` says which names matter, `null`: the system told none. */
  constructor(signal: AbortSignal, counts: (name: string | null) => boolean = () => true) {
    this.#signal = signal;
    this.#counts = counts;
    signal.addEventListener("abort", () => this.#wake());
  }

  /** Watches a file, or a folder and what lies directly in it; `recursive`: all below it, too. */
  add(path: string, { recursive = false } = {}): void {
    if (this.#watchers.has(path)) return;
    const watcher = watch(path, { recursive }, (_, name) => {
      if (this.#counts(name)) this.notice();
    });
    this.#watchers.set(path, watcher);
  }

  /** Something has changed; it counts when all has been quiet for a moment, for editors write in several steps. */
  notice(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#changed = true;
      this.#wake();
    }, quietMs);
  }

  /** Waits until something has changed since the last call; `false`: the signal ended the wait. */
  async next(): Promise<boolean> {
    while (!this.#changed && !this.#signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#changed = false;
    return !this.#signal.aborted;
  }

  close(): void {
    clearTimeout(this.#quiet);
    for (const watcher of this.#watchers.values()) watcher.close();
  }
}

const quietMs = 50;
