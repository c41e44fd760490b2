import type pg from "pg";
import type { Logger } from "pino";
import type { PluginHost } from "../host/plugin-host.ts";

/** What the activities that reach outside are made of. */
export interface CallTools {
  readonly pool: pg.Pool;
  readonly host: PluginHost;
  readonly logger: Logger;
  /** Bounds how many driver calls this worker has under way. */
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
  /** Names of a profile type's properties that `update` can change on a living node. */
  readonly updatable: (pluginHash: string, profile: string) => Promise<ReadonlySet<string>>;
}
