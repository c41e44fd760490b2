import { DriverError, type Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { settingsOf } from "./settings.ts";

type Store = Host["state"];

/** Where records are kept: in the host's state, or in this isolate, as the settings say. */
export function storeOf(host: Host): Store {
  return settingsOf(host).store === "memory" ? inMemory : host.state;
}

/** Records of one kind, each under its id. */
export interface Records<T> {
  read(host: Host, id: string): Promise<T | null>;
  /** Keeps a new record, unless there is one with this id. */
  add(host: Host, id: string, record: T): Promise<void>;
  write(host: Host, id: string, record: T): Promise<void>;
  remove(host: Host, id: string): Promise<void>;
  /** By id, at most 1,000; with `under`, those whose ids lie below it: `pool/…`. */
  list(host: Host, under?: string): Promise<readonly { readonly id: string; readonly record: T }[]>;
  /** Changes a record that must be there, even while others change it. The record as it is then. */
  change(host: Host, id: string, change: (record: T) => Partial<T>): Promise<T>;
}

/** `kind` is what people call such a thing: it stands in keys, codes and messages. */
export function recordsOf<T extends object>(kind: string): Records<T> {
  const key = (id: string) => `${kind}/${id}`;
  const records: Records<T> = {
    read: async (host, id) => (await storeOf(host).get(key(id))) as T | null,
    async add(host, id, record) {
      await storeOf(host).compareAndSet(key(id), null, record as Json);
    },
    write: (host, id, record) => storeOf(host).set(key(id), record as Json),
    remove: (host, id) => storeOf(host).delete(key(id)),
    async list(host, under) {
      const found = await storeOf(host).list(under === undefined ? `${kind}/` : `${kind}/${under}/`);
      return found.map(({ key, value }) => ({ id: key.slice(kind.length + 1), record: value as T }));
    },
    async change(host, id, change) {
      for (let turn = 0; turn < 20; turn++) {
        const before = await records.read(host, id);
        if (before === null) throw notFound(kind, id);
        const after = { ...before, ...change(before) };
        if (await storeOf(host).compareAndSet(key(id), before as Json, after as Json)) return after;
      }
      throw new DriverError(`${kind} ${id} is changed by many at once`, {
        code: `${kind}-busy`,
        retryable: true,
      });
    },
  };
  return records;
}

export function notFound(kind: string, id: string): DriverError {
  return new DriverError(`${kind} ${id} could not be found`, { code: `${kind}-not-found`, retryable: false });
}

const kept = new Map<string, string>();
const listAtMost = 1000;

const inMemory: Store = {
  get: async (key) => parse(kept.get(key)),
  set: async (key, value) => void kept.set(key, JSON.stringify(value)),
  async compareAndSet(key, expected, value) {
    if (JSON.stringify(parse(kept.get(key))) !== JSON.stringify(expected)) return false;
    kept.set(key, JSON.stringify(value));
    return true;
  },
  delete: async (key) => void kept.delete(key),
  async list(prefix) {
    const keys = [...kept.keys()].filter((key) => key.startsWith(prefix)).sort();
    return keys.slice(0, listAtMost).map((key) => ({ key, value: parse(kept.get(key)) }));
  },
};

function parse(text: string | undefined): Json {
  return text === undefined ? null : (JSON.parse(text) as Json);
}
