import { describe, expect, it } from "vitest";
import { seccompFilter } from "../../../../engine/host/guest/seccomp-filter.ts";
import { systemCalls } from "../../../../engine/host/guest/system-calls.ts";

const allow = 0x7fff0000;
const eperm = 0x00050001;
const enosys = 0x00050026;

/** What the kernel would say: runs the filter on a call's `struct seccomp_data`. */
function verdict(
  filter: Buffer,
  q: { architecture: number; call: number; args?: readonly number[] },
): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(q.call, 0);
  data.writeUInt32LE(q.architecture, 4);
  for (const [i, value] of (q.args ?? []).entries()) data.writeUInt32LE(value >>> 0, 16 + 8 * i);
  let a = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const [code, ifTrue, ifFalse] = [filter.readUInt16LE(at * 8), filter[at * 8 + 2], filter[at * 8 + 3]];
    const k = filter.readUInt32LE(at * 8 + 4);
    if (code === 0x06) return k;
    if (code === 0x20) a = data.readUInt32LE(k);
    else if (code === 0x15) at += (a === k ? ifTrue : ifFalse) ?? 0;
    else if (code === 0x45) at += ((a & k) !== 0 ? ifTrue : ifFalse) ?? 0;
    else throw new Error(`no such opcode ${code}`);
  }
  throw new Error("the filter came to no verdict");
}

describe.each(Object.entries(systemCalls))("the filter for %s", (_name, calls) => {
  const filter = seccompFilter(calls, 42);
  const say = (call: number, ...args: number[]) =>
    verdict(filter, { architecture: calls.architecture, call, args });

  it("allows what is on its list", () => {
    expect(calls.allowed.map((call) => say(call))).toEqual(calls.allowed.map(() => allow));
  });

  it("refuses every other number, those of another instruction set too", () => {
    const special = [calls.clone, calls.clone3, calls.prctl, calls.ioctl, calls.tgkill];
    for (let call = 0; call < 600; call++) {
      if (calls.allowed.includes(call) || special.includes(call)) continue;
      expect(say(call), `call ${call}`).toBe(eperm);
      expect(say(call | 0x40000000), `x32 call ${call}`).toBe(eperm);
    }
    const [any = 0] = calls.allowed;
    expect(verdict(filter, { architecture: 0x40000003, call: any })).toBe(eperm);
  });

  it("lets threads be made and no processes", () => {
    expect(say(calls.clone, 0x3d0f00)).toBe(allow); // what pthread_create asks for
    expect(say(calls.clone, 17)).toBe(eperm); // fork
    expect(say(calls.clone, 0x10000000)).toBe(eperm); // a user namespace
    expect(say(calls.clone3)).toBe(enosys);
  });

  it("looks at the arguments of calls with many faces", () => {
    expect(say(calls.tgkill, 42, 42, 6)).toBe(allow);
    expect(say(calls.tgkill, 1, 1, 9)).toBe(eperm);
    expect(say(calls.prctl, 15)).toBe(allow);
    expect(say(calls.prctl, 22, 0)).toBe(eperm); // another filter
    expect(say(calls.ioctl, 0, 0x5421)).toBe(allow);
    expect(say(calls.ioctl, 0, 0x5412)).toBe(eperm); // text into a terminal
  });
});
