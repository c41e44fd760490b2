import { isAbsolute, relative, resolve } from "node:path";
import type { SecretSource } from "../../../grammar/plan.ts";
import type { Config } from "../../config/config.ts";

/** What of this machine an operator lets programs name as secrets; nothing unless they say so. */
export interface SecretRules {
  /** Names of environment variables. */
  readonly variables: ReadonlySet<string>;
  /** Folder under which files may be read; `null`: none. */
  readonly folder: string | null;
}

/** What `secret-env` and `secret-dir` allow. */
export function readSecretRules(config: Config): SecretRules {
  return { variables: new Set(config.get("secret-env")), folder: config.get("secret-dir") };
}

/** Why a program may not read this, and what the operator can do; `null` when it may. */
export function refusalOf(
  rules: SecretRules,
  { source, key }: SecretSource,
): { readonly message: string; readonly help: string } | null {
  if (source === "store") return null; // its plugin reaches what it was allowed, and no more
  if (source === "env") {
    if (rules.variables.has(key)) return null;
    return {
      message: `programs may not read the environment variable ${key} here`,
      help: `start the server with COPPICE_SECRET_ENV=${[...rules.variables, key].join(",")} to allow it`,
    };
  }
  if (rules.folder === null) {
    return {
      message: `programs may not read the file "${key}" here`,
      help: "start the server with COPPICE_SECRET_DIR=/a/folder and put the file there",
    };
  }
  const inside = relative(rules.folder, resolve(rules.folder, key));
  if (!isAbsolute(key) && inside !== "" && !inside.startsWith("..") && !key.includes("\0")) return null;
  return {
    message: `the file "${key}" is not in the folder of secrets`,
    help: "name a file below COPPICE_SECRET_DIR, relative to it",
  };
}
