import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The first version without the escape of GHSA-864f-rcv7-6rh4. */
const oldest = [7, 0, 1] as const;

/** Where isolated-vm lies. Throws when its version is one that plugins can break out of. */
export function safeIsolatedVm(): { readonly folder: string; readonly modules: string } {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("isolated-vm"));
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  if (!isSafe(version))
    throw new Error(
      `isolated-vm is ${version}, which plugins can escape from; install ${oldest.join(".")} or newer`,
    );
  return { folder, modules: dirname(folder) };
}

/** Whether a version is at least the oldest safe one; a pre-release of that one is not. */
export function isSafe(version: string): boolean {
  const numbers = version.split(/[.-]/).slice(0, 3).map(Number);
  for (const [i, least] of oldest.entries()) {
    const have = numbers[i] ?? Number.NaN;
    if (have !== least) return have > least;
  }
  return !version.includes("-");
}
