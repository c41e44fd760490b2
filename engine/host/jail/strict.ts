import type { Config } from "../../config/config.ts";
import { currentConfig } from "../../config/current-config.ts";
import type { Sealed } from "../guest/seal.ts";
import type { Jail } from "./jail.ts";

/** Whether plugins are refused where a wall is missing: the option `strict`. */
export function wallsAreRequired(config: Config = currentConfig()): boolean {
  return config.get("strict");
}

/** The operating system's walls that a guest lacks, for people. */
export function missingWalls(jail: Jail, sealed: Sealed): string[] {
  const missing: string[] = [];
  if (jail.name === "none") missing.push(`namespaces (${jail.why ?? "unknown"})`);
  if (!sealed.noNewPrivileges) missing.push(`no-new-privs (${sealed.why ?? "unknown"})`);
  if (!sealed.systemCalls) missing.push(`filter of system calls (${sealed.why ?? "unknown"})`);
  return missing;
}
