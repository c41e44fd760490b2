import type { Json } from "../../../grammar/plan.ts";

/** Whose records: one plugin's (by name, so that a new version finds them) in one project. */
export interface StateScope {
  readonly projectId: string;
  readonly plugin: string;
}

/** Where `host.state` keeps its records. The real one is in Postgres; each operation is atomic. */
export interface StateStore {
  /** `undefined` when there is no such record. */
  get(scope: StateScope, key: string): Promise<Json | undefined>;
  set(scope: StateScope, key: string, value: Json): Promise<void>;
  /** Sets it only while its value equals `expected` as JSON (`null`: absent); whether it did. */
  compareAndSet(scope: StateScope, key: string, expected: Json, value: Json): Promise<boolean>;
  /** Whether it was there doesn't matter. */
  delete(scope: StateScope, key: string): Promise<void>;
  /** How many records there are, counted up to `limit`, and the bytes of these. */
  size(scope: StateScope, limit: number): Promise<{ readonly records: number; readonly bytes: number }>;
  /** Records whose key starts with `prefix`, in order of key (by code point), at most `limit`. */
  list(
    scope: StateScope,
    prefix: string,
    limit: number,
  ): Promise<readonly { readonly key: string; readonly value: Json }[]>;
}
