import { randomBytes } from "node:crypto";
import { parseUrl } from "./parse-url.ts";

/**
 * The ways out of a room, the same for each engine, which calls them with copies and trusts no argument. `fire` takes
 * a timer's text in.
 */
export class RoomWires {
  readonly #timers = new Map<number, NodeJS.Timeout>();
  readonly #onPost: (text: string) => void;
  readonly #fire: (text: string) => void;
  #closed = false;

  constructor(onPost: (text: string) => void, fire: (text: string) => void) {
    this.#onPost = onPost;
    this.#fire = fire;
  }

  post(text: unknown): void {
    if (!this.#closed && typeof text === "string") this.#onPost(text);
  }

  /** A negative time clears the timer. */
  setTimer(id: unknown, ms: unknown): void {
    if (this.#closed || typeof id !== "number" || typeof ms !== "number") return;
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (!(ms >= 0) || this.#timers.size >= timersAtMost) return;
    const fire = () => {
      this.#timers.delete(id);
      this.#fire(`{"t":"timer","id":${id}}`);
    };
    this.#timers.set(id, setTimeout(fire, ms));
  }

  /** At most 64 KiB. */
  randomBytes(count: unknown): ArrayBuffer {
    const bytes = randomBytes(Math.min(Math.max(Math.trunc(Number(count)) || 0, 0), 65_536));
    return new Uint8Array(bytes).buffer;
  }

  parseUrl(question: unknown): string | null {
    return parseUrl(question);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** What an engine brings along and a plugin doesn't get: ways around the memory limit, and clocks that are too fine. */
export const unwanted = ["WebAssembly", "SharedArrayBuffer", "Atomics", "performance", "navigator"] as const;

const timersAtMost = 1000;
