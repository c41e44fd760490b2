import { setTimeout as pause } from "node:timers/promises";
import { HostFailure } from "../plugin-host.ts";
import { type BrokerCall, ownerOf } from "./broker-call.ts";

interface Bucket {
  /** What may still go out now; below zero, others have booked it. */
  left: number;
  at: number;
}

const longestWaitMs = 10_000;
const bucketsAtMost = 5000;

/** How many requests a second one plugin makes in one project. What is over that waits for its turn, up to 10 s. */
export class RateLimits {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Resolves when it's this request's turn. Throws `rate-limited` when that would take too long. */
  async take(call: BrokerCall): Promise<void> {
    const bucket = this.#bucketOf(ownerOf(call));
    const now = performance.now();
    bucket.left = Math.min(this.#perSecond, bucket.left + ((now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return;
    }
    const waitMs = ((1 - bucket.left) / this.#perSecond) * 1000;
    if (waitMs > longestWaitMs)
      throw new HostFailure(
        `plugin ${call.manifest.name} makes more than ${this.#perSecond} requests a second in this project`,
        {
          code: "rate-limited",
          retryable: true,
          help: "make fewer of them, or start the worker with a higher COPPICE_PLUGIN_REQUESTS_PER_SECOND",
        },
      );
    bucket.left -= 1;
    await pause(waitMs, undefined, { signal: call.signal });
  }

  #bucketOf(name: string): Bucket {
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const made = { left: this.#perSecond, at: performance.now() };
    this.#buckets.set(name, made);
    if (this.#buckets.size > bucketsAtMost) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    return made;
  }
}
