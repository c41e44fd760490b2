import { CliError } from "./cli-error.ts";
import { exitCodes } from "./exit-codes.ts";

/** Where `coppice api` and `coppice worker` find what they work with. */
export interface ConnectionEnv {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** For links in answers; `null` when nobody named it. */
  readonly temporalUi: string | null;
}

/** Reads `DATABASE_URL`, `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` and `COPPICE_TEMPORAL_UI`. Throws `usage`. */
export function readConnectionEnv(env: NodeJS.ProcessEnv = process.env): ConnectionEnv {
  const need = (name: string, example: string) => {
    const value = env[name];
    if (value) return value;
    throw new CliError(exitCodes.usage, `${name} is not set`, {
      help: `Set it, for example ${name}=${example}; or let it all be started: coppice up`,
    });
  };
  return {
    databaseUrl: need("DATABASE_URL", "postgres://user:password@host/coppice"),
    temporalAddress: need("TEMPORAL_ADDRESS", "127.0.0.1:7233"),
    temporalNamespace: env["TEMPORAL_NAMESPACE"] || "default",
    temporalUi: env["COPPICE_TEMPORAL_UI"] || null,
  };
}
