import { seccompFilter } from "./seccomp-filter.ts";
import { systemCalls } from "./system-calls.ts";

/** What a guest process gave up of itself; `why` where something couldn't be. */
export interface Sealed {
  /** It can't gain rights by starting a program. */
  readonly noNewPrivileges: boolean;
  /** It can't open, start, connect or trace anything. */
  readonly systemCalls: boolean;
  readonly why?: string;
}

/** Files that whoever started the worker left open: all of Node's own have the flag that closes them on exec. */
function closeInherited(
  fcntl: (file: number, command: number) => number,
  close: (file: number) => void,
): void {
  for (let file = 3; file < filesAtMost; file++) if (fcntl(file, getFlags) === 0) close(file);
}

const getFlags = 1;
const filesAtMost = 4096;
const setNoNewPrivileges = 38;
const setFilter = 1;
const forAllThreads = 1;

/**
 * Gives up, for this process and for good, all that its engine doesn't need any more. Done before a plugin is loaded,
 * after our own modules are.
 */
export async function seal(): Promise<Sealed> {
  const open: Sealed = { noNewPrivileges: false, systemCalls: false };
  if (process.platform !== "linux")
    return { ...open, why: `seccomp is Linux's, and this is ${process.platform}` };
  const calls = systemCalls[process.arch];
  if (calls === undefined) return { ...open, why: `there is no filter for ${process.arch}` };
  try {
    const { default: koffi } = await import("koffi");
    const libc = koffi.load(null);
    closeInherited(libc.func("int fcntl(int, int)"), libc.func("int close(int)"));
    const prctl = libc.func("int prctl(int, ulong, ulong, ulong, ulong)");
    const noNewPrivileges = prctl(setNoNewPrivileges, 1, 0, 0, 0) === 0;
    const filter = seccompFilter(calls, process.pid);
    const program = Buffer.alloc(16); // struct sock_fprog: a count, and a pointer
    program.writeUInt16LE(filter.length / 8, 0);
    program.writeBigUInt64LE(BigInt(koffi.address(filter)), 8);
    const seccomp = libc.func("long syscall(long, ulong, ulong, void *)");
    const done: unknown = seccomp(calls.seccomp, setFilter, forAllThreads, program);
    if (Number(done) === 0) return { noNewPrivileges, systemCalls: true };
    return { noNewPrivileges, systemCalls: false, why: "the kernel refused the seccomp filter" };
  } catch (error) {
    return { ...open, why: (error as Error).message };
  }
}
