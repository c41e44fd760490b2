import type pg from "pg";
import { insertEvents, type NewEvent } from "../store/insert-events.ts";
import type { LineSink } from "./call-tools.ts";

/** Lines that a plugin says during a call, written a few at a time and in order; at most 1,000 a call are kept. */
export class EventLines implements LineSink {
  readonly #pool: pg.Pool;
  readonly #q: { actionId: string; plugin: string; key: string; nodeId?: string };
  #waiting: NewEvent[] = [];
  #count = 0;
  #written: Promise<void> = Promise.resolve();

  /** `plugin` is its alias in the program; `key` is unique to the call and this try of it. */
  constructor(pool: pg.Pool, q: { actionId: string; plugin: string; key: string; nodeId?: string }) {
    this.#pool = pool;
    this.#q = q;
  }

  add(message: string): void {
    this.#count += 1;
    if (this.#count > maximumLines) return;
    const { key, plugin, nodeId } = this.#q;
    this.#waiting.push({
      key: `${key}.${this.#count}`,
      level: "INFO",
      name: `${plugin}.output`,
      message: this.#count === maximumLines ? "… further lines are left out" : message.slice(0, maximumLine),
      fields: {},
      ...(nodeId === undefined ? {} : { nodeId }),
    });
    if (this.#waiting.length === 1) {
      this.#written = this.#written
        .then(() => new Promise((resolve) => setTimeout(resolve, gatherMs)))
        .then(() => this.#write());
    }
  }

  /** Resolves when all lines are in the database. */
  async flush(): Promise<void> {
    await this.#written;
    await this.#write();
  }

  async #write(): Promise<void> {
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) await insertEvents(this.#pool, { actionId: this.#q.actionId, events });
  }
}

const maximumLines = 1_000;
const maximumLine = 4_000;
const gatherMs = 50;
