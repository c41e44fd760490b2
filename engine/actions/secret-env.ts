import type { Config } from "../config/config.ts";
import { readSecretRules } from "../host/secrets/secret-rules.ts";

/** The environment without the variables that hold secrets: for parts that have no need of their values. */
export function withoutSecretValues(env: NodeJS.ProcessEnv, config: Config): NodeJS.ProcessEnv {
  const { variables } = readSecretRules(config);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !variables.has(name)));
}
