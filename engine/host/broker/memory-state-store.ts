import type { Json } from "../../../grammar/plan.ts";
import { canonical } from "../plugin-hash.ts";
import type { StateScope, StateStore } from "./state-store.ts";

/** Records in this process, for tests and for trying a plugin out: lost with it, unless someone keeps `scopes`. */
export function memoryStateStore(scopes = new Map<string, Map<string, string>>()): StateStore {
  const of = (scope: StateScope): Map<string, string> => {
    const name = JSON.stringify([scope.projectId, scope.plugin]);
    const known = scopes.get(name) ?? new Map<string, string>();
    scopes.set(name, known);
    return known;
  };
  const read = (text: string | undefined): Json | undefined =>
    text === undefined ? undefined : (JSON.parse(text) as Json);
  return {
    get: async (scope, key) => read(of(scope).get(key)),
    set: async (scope, key, value) => void of(scope).set(key, canonical(value)),
    async compareAndSet(scope, key, expected, value) {
      const now = of(scope).get(key);
      if ((now ?? null) !== (expected === null ? null : canonical(expected))) return false;
      of(scope).set(key, canonical(value));
      return true;
    },
    delete: async (scope, key) => void of(scope).delete(key),
    async size(scope, limit) {
      const values = [...of(scope).values()].slice(0, limit);
      return { records: values.length, bytes: values.reduce((sum, value) => sum + value.length, 0) };
    },
    async list(scope, prefix, limit) {
      const keys = [...of(scope).keys()].filter((key) => key.startsWith(prefix)).sort();
      return keys.slice(0, limit).map((key) => ({ key, value: read(of(scope).get(key)) ?? null }));
    },
  };
}
