import { describe, expect, it } from "vitest";
import { IdleWork } from "../../../../engine/host/pool/idle-work.ts";

describe("work that nobody asked for", () => {
  let cpu = 0;
  const idle = { pid: 7, idle: true, usedAt: 1 };
  const busy = { ...idle, idle: false };

  it("is found when a process uses more than a second after its last call", () => {
    const work = new IdleWork(() => cpu);
    cpu = 5_000;
    expect([...work.look([idle])]).toEqual([]);
    cpu = 5_900;
    expect([...work.look([idle])]).toEqual([]);
    cpu = 6_100;
    expect([...work.look([idle])]).toEqual([7]);
  });

  it("is none while a call runs, in any plugin of the process, or when one came in between", () => {
    const work = new IdleWork(() => cpu);
    cpu = 0;
    work.look([idle, { ...busy, usedAt: 2 }]);
    cpu = 9_000;
    expect([...work.look([idle, { ...busy, usedAt: 2 }])]).toEqual([]);
    expect([...work.look([idle])]).toEqual([]);
    cpu = 12_000;
    expect([...work.look([{ ...idle, usedAt: 3 }])]).toEqual([]);
  });

  it("is not looked for where there is no process", () => {
    const work = new IdleWork(() => cpu);
    work.look([{ ...idle, pid: undefined }]);
    cpu = 99_000;
    expect([...work.look([{ ...idle, pid: -1 }])]).toEqual([]);
  });
});
