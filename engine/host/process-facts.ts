import { readFileSync } from "node:fs";

/** Resident memory of a process in MB; 0 where the system doesn't say. */
export function residentMb(pid: number): number {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1];
    return Math.round((Number(pages) * 4096) / 1024 / 1024);
  } catch {
    return 0;
  }
}

/** The last in a line of only children: what runs inside of programs that set a jail up and wait. */
export function innermost(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    const only = children.length === 1 && children[0] !== "" ? Number(children[0]) : undefined;
    return only === undefined ? pid : innermost(only);
  } catch {
    return pid;
  }
}

/** Milliseconds of processors that all threads of a process have used; 0 where the system doesn't say. */
export function usedMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return 0;
  }
}

/** The kernel counts in these (`USER_HZ`, 100 on every Linux that Node runs on). */
const tickMs = 10;
