import type { Sealed } from "../guest/seal.ts";
import type { Jail } from "./jail.ts";

/** Whether plugins are refused where a wall is missing: `COPPICE_STRICT=1`. */
export function wallsAreRequired(env: NodeJS.ProcessEnv = process.env): boolean {
  return env["COPPICE_STRICT"] === "1";
}

/** The operating system's walls that a guest lacks, for people. */
export function missingWalls(jail: Jail, sealed: Sealed): string[] {
  const missing: string[] = [];
  if (jail.name === "none") missing.push(`namespaces (${jail.why ?? "unknown"})`);
  if (!sealed.noNewPrivileges) missing.push(`no-new-privs (${sealed.why ?? "unknown"})`);
  if (!sealed.systemCalls) missing.push(`filter of system calls (${sealed.why ?? "unknown"})`);
  return missing;
}
