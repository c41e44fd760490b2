import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { StackError } from "./stack-error.ts";

const installed = path.join(import.meta.dirname, "..", "..", ".cache", "temporal", "bin", "temporal");

/** Temporal's CLI: the one named by `TEMPORAL_CLI`, else the one that was set up, else one on the PATH. */
export function temporalExecutable(config: Config = currentConfig()): string {
  const named = config.get("temporal-cli");
  if (named !== null) {
    if (isRunnable(named)) return named;
    const help =
      "Name the file itself, with its mode set to run; or unset TEMPORAL_CLI to use the one that is set up.";
    throw new StackError("no-temporal", `TEMPORAL_CLI is "${named}", which can't be run`, help);
  }
  const onPath = (config.environment["PATH"] ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, "temporal"));
  const found = [installed, ...onPath].find(isRunnable);
  if (found !== undefined) return found;
  const help =
    "Set it up with: node bin/setup.mjs; or name your own: TEMPORAL_CLI=/path/to/temporal, or a server: TEMPORAL_ADDRESS=host:port";
  throw new StackError("no-temporal", "Temporal's server is not installed", help);
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
