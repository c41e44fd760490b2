import type { SystemCalls } from "./system-calls.ts";

/** Opcodes of classic BPF (`linux/bpf_common.h`), on the kernel's `struct seccomp_data`. */
const op = { load: 0x20, ifEqual: 0x15, ifAnyBit: 0x45, give: 0x06 } as const;
const at = { call: 0, architecture: 4, firstArgument: 16, secondArgument: 24 } as const;
const allow = 0x7fff0000;
const refuse = (errno: number) => 0x00050000 | errno;
const eperm = 1;
const enosys = 38;

/** Of `prctl`: a thread's name, a mapping's name. */
const nameThread = 15;
const nameMapping = 0x53564d41;
/** Of `ioctl`: whether a pipe blocks, and whether it is closed by exec. */
const pipeModes = [0x5421, 0x5450, 0x5451];
const cloneThread = 0x10000;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number];

/**
 * A filter for `seccomp(2)` as bytes: an allow-list, `EPERM` for the rest. What isn't on it: opening, starting, and
 * tracing anything, sockets, mounts, namespaces, keys, io_uring. A new process is refused, a new thread isn't; signals
 * reach this process only.
 */
export function seccompFilter(calls: SystemCalls, pid: number): Buffer {
  const program: Instruction[] = [
    [op.load, 0, 0, at.architecture],
    [op.ifEqual, 1, 0, calls.architecture],
    [op.give, 0, 0, refuse(eperm)], // another instruction set has other numbers
    [op.load, 0, 0, at.call],
    ...calls.allowed.flatMap((number) => when(number, [[op.give, 0, 0, allow]])),
    ...when(calls.clone3, [[op.give, 0, 0, refuse(enosys)]]), // its flags can't be seen: libc then takes clone
    ...when(calls.clone, [
      [op.load, 0, 0, at.firstArgument],
      [op.ifAnyBit, 0, 1, cloneThread],
      [op.give, 0, 0, allow],
      [op.give, 0, 0, refuse(eperm)],
    ]),
    ...when(calls.prctl, oneOf(at.firstArgument, [nameThread, nameMapping])),
    ...when(calls.ioctl, oneOf(at.secondArgument, pipeModes)),
    ...when(calls.tgkill, oneOf(at.firstArgument, [pid])),
    [op.give, 0, 0, refuse(eperm)],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, [code, ifTrue, ifFalse, k]] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(ifTrue, i * 8 + 2);
    bytes.writeUInt8(ifFalse, i * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, i * 8 + 4);
  }
  return bytes;
}

/** These instructions for this call; skipped for others. They must end in a verdict. */
function when(call: number, then: readonly Instruction[]): Instruction[] {
  return [[op.ifEqual, 0, then.length, call], ...then];
}

function oneOf(argument: number, values: readonly number[]): Instruction[] {
  return [
    [op.load, 0, 0, argument],
    ...values.flatMap((value): Instruction[] => [
      [op.ifEqual, 0, 1, value],
      [op.give, 0, 0, allow],
    ]),
    [op.give, 0, 0, refuse(eperm)],
  ];
}
