import type { Host } from "../sdk/host.ts";

const freshMs = 250;

/** Something that is read at most every quarter of a second, and once for all nodes of a batch. */
export interface Recent<T> {
  get(host: Host): Promise<T>;
  /** What it has just become; others notice within a quarter of a second. */
  set(value: T): void;
}

export function recent<T>(read: (host: Host) => Promise<T>): Recent<T> {
  let known: { readonly at: number; readonly value: Promise<T> } | undefined;
  return {
    async get(host) {
      if (known === undefined || Date.now() - known.at > freshMs) {
        const asked = { at: Date.now(), value: read(host) };
        known = asked;
        asked.value.catch(() => {
          if (known === asked) known = undefined;
        });
      }
      return known.value;
    },
    set(value) {
      known = { at: Date.now(), value: Promise.resolve(value) };
    },
  };
}
