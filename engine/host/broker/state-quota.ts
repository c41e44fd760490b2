import { HostFailure } from "../plugin-host.ts";
import type { StateScope, StateStore } from "./state-store.ts";

const recordsAtMost = 100_000;
const bytesAtMost = 256 * 1024 * 1024;
/** Counting takes time that grows with the records: once for so many writes. */
const writesBetween = 1000;
const scopesAtMost = 10_000;

/**
 * How much a plugin keeps in a project. It's counted now and then, so that a plugin may come to a thousand records more
 * for each worker. Over the limit, it may still delete.
 */
export class StateQuota {
  readonly #store: StateStore;
  readonly #writesLeft = new Map<string, number>();

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Passes while there is room for one more record. Throws `HostFailure`. */
  async requireRoom(scope: StateScope): Promise<void> {
    const name = JSON.stringify([scope.projectId, scope.plugin]);
    const left = this.#writesLeft.get(name) ?? 0;
    if (left > 0) {
      this.#writesLeft.set(name, left - 1);
      return;
    }
    const { records, bytes } = await this.#store.size(scope, recordsAtMost);
    if (records >= recordsAtMost || bytes >= bytesAtMost)
      throw new HostFailure(
        `plugin ${scope.plugin} keeps ${records} records of ${bytes} bytes in this project, which is the limit`,
        {
          code: "state-full",
          retryable: false,
          help: `delete some: ${recordsAtMost} records and ${bytesAtMost / 1024 / 1024} MiB are allowed`,
        },
      );
    this.#writesLeft.set(name, Math.min(writesBetween, recordsAtMost - records - 1));
    if (this.#writesLeft.size > scopesAtMost)
      this.#writesLeft.delete(this.#writesLeft.keys().next().value ?? "");
  }
}
