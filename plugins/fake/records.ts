import type { Json } from "../sdk/driver.ts";
import type { Host } from "../sdk/host.ts";
import { settingsOf } from "./settings.ts";

type Records = Host["state"];

/** Where records are kept: in the host's state, or in this isolate, as the settings say. */
export function recordsOf(host: Host): Records {
  return settingsOf(host).store === "memory" ? inMemory : host.state;
}

const kept = new Map<string, string>();
const listAtMost = 1000;

const inMemory: Records = {
  get: async (key) => read(kept.get(key)),
  set: async (key, value) => void kept.set(key, JSON.stringify(value)),
  async compareAndSet(key, expected, value) {
    if (JSON.stringify(read(kept.get(key))) !== JSON.stringify(expected)) return false;
    kept.set(key, JSON.stringify(value));
    return true;
  },
  delete: async (key) => void kept.delete(key),
  async list(prefix) {
    const keys = [...kept.keys()].filter((key) => key.startsWith(prefix)).sort();
    return keys.slice(0, listAtMost).map((key) => ({ key, value: read(kept.get(key)) }));
  },
};

function read(text: string | undefined): Json {
  return text === undefined ? null : (JSON.parse(text) as Json);
}
