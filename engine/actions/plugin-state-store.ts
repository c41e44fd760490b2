import type pg from "pg";
import type { StateStore } from "../host/broker/state-store.ts";
import {
  compareAndSetPluginState,
  deletePluginState,
  getPluginState,
  listPluginState,
  setPluginState,
  sizeOfPluginState,
} from "../store/plugin-state.ts";

/** What plugins keep with `host.state`, in Postgres: it outlives every process. */
export function pluginStateStore(pool: pg.Pool): StateStore {
  return {
    get: (scope, key) => getPluginState(pool, { ...scope, key }),
    set: (scope, key, value) => setPluginState(pool, { ...scope, key, value }),
    compareAndSet: (scope, key, expected, value) =>
      compareAndSetPluginState(pool, { ...scope, key, expected, value }),
    delete: (scope, key) => deletePluginState(pool, { ...scope, key }),
    size: (scope, limit) => sizeOfPluginState(pool, { ...scope, limit }),
    list: (scope, prefix, limit) => listPluginState(pool, { ...scope, prefix, limit }),
  };
}
