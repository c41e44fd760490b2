import { expectLock, type LockRequest } from "./locked-plugins.ts";
import { printTable } from "./table.ts";

/** Lists what a lock holds. */
export function listLocked({ folder, output }: LockRequest): void {
  const { plugins } = expectLock(folder);
  output.data({ plugins });
  printTable(
    output,
    ["NAME", "VERSION", "SIGNED BY", "FROM", "HASH", "GRANTS"],
    Object.entries(plugins).map(([name, { version, signer, from, hash, grants }]) => {
      return [name, version, signer ?? "-", from, hash.slice(0, 12), grants.join(", ")];
    }),
  );
}
