import type { Config } from "./config.ts";
import { readConfig } from "./read-config.ts";

/** What these variables alone say: no flags, no file, and of the environment nothing else. Throws `ConfigError`. */
export function configOf(variables: NodeJS.ProcessEnv): Config {
  return readConfig({ environment: { COPPICE_CONFIG: "none", ...variables }, reader: "up" });
}
