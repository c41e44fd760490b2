import { createHash } from "node:crypto";
import type { PluginPackage } from "./plugin-package.ts";

/** One line a file, as `sha256sum` writes and checks them, in the order of the paths: what is hashed, and signed. */
export function packageSums(files: ReadonlyMap<string, Uint8Array>): string {
  return [...files].map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`).join("");
}

/**
 * SHA-256 over a package's sums, in hexadecimal: the same for a folder and for archives of it, wherever they lie, with
 * any version of the engine. What `coppice.lock` pins.
 */
export function packageDigest({ files }: PluginPackage): string {
  return sha256(packageSums(files));
}

/** The files in which two listings differ, by path, at most a few. */
export function changedFiles(before: string, after: string): string[] {
  const lines = (text: string) =>
    new Map(text.split("\n").map((line) => [line.slice(66), line.slice(0, 64)]));
  const [old, now] = [lines(before), lines(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .sort();
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
