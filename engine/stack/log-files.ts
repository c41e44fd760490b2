import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import type { Home } from "./home.ts";

const largest = 10 * 1024 * 1024;
const kept = 3;

/** `home/logs/<part>.log` */
export function logFile(home: Home, part: string): string {
  return path.join(home.logs, `${part}.log`);
}

/** Opens a part's log to append to; one over 10 MiB becomes `.1` first, of which three are kept. */
export function openLog(home: Home, part: string): number {
  const file = logFile(home, part);
  if (existsSync(file) && statSync(file).size > largest) {
    for (let number = kept - 1; number >= 1; number--) {
      if (existsSync(`${file}.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`);
    }
    renameSync(file, `${file}.1`);
  }
  return openSync(file, "a", 0o600);
}

/** Where a part's log ends now: `tailOf` reads on from here. */
export function logEnd(home: Home, part: string): number {
  const file = logFile(home, part);
  return existsSync(file) ? statSync(file).size : 0;
}

/** The last lines that a part wrote since `from`, at most `lines`. */
export function tailOf(home: Home, part: string, from: number, lines = 12): string[] {
  const file = logFile(home, part);
  if (!existsSync(file)) return [];
  const open = openSync(file, "r");
  try {
    const size = fstatSync(open).size;
    const start = Math.max(from <= size ? from : 0, size - 16_384);
    const buffer = Buffer.alloc(size - start);
    readSync(open, buffer, 0, buffer.length, start);
    return buffer
      .toString("utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-lines);
  } finally {
    closeSync(open);
  }
}
