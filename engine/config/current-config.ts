import type { Config } from "./config.ts";
import { readConfig } from "./read-config.ts";

let current: Config | undefined;

/** The configuration of this process: what its command line installed, else what its environment and its file say. */
export function currentConfig(): Config {
  current ??= readConfig({ reader: "cli" });
  return current;
}

/** Makes it the configuration of this process; `null` forgets it, so that the next reader reads it anew. */
export function installConfig(config: Config | null): void {
  current = config ?? undefined;
}
