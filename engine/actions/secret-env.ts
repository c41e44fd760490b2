import { readSecretRules } from "../host/secrets/secret-rules.ts";

/** The environment without the variables that hold secrets: for parts that have no need of their values. */
export function withoutSecretValues(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { variables } = readSecretRules(env);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !variables.has(name)));
}
