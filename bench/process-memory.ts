import { readdirSync, readFileSync } from "node:fs";

/** Memory in MB (PSS: what several share counts once) of processes and, unless they're among them already, their children. */
export function memoryMb(pids: readonly number[], children = true): number {
  const kilobytes = (children ? withChildren(pids) : pids).map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      return 0; // it ended just now
    }
  });
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** These processes and all that they started, and those started. */
export function withChildren(pids: readonly number[]): readonly number[] {
  const parents = new Map<number, number>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // it ended just now
    }
  const all = new Set(pids);
  for (let before = 0; before !== all.size; ) {
    before = all.size;
    for (const [pid, parent] of parents) if (all.has(parent)) all.add(pid);
  }
  return [...all];
}

/** The most memory (RSS) in MB that a process has had since it began; 0 when it has ended. */
export function peakMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
