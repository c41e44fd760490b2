import { openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type GuestEnd, GuestProcess, type StartedGuest } from "../../../engine/host/guest-process.ts";
import { findJail } from "../../../engine/host/jail/find-jail.ts";
import { runUntilKilled } from "./run-until-killed.ts";

const limits = { memoryMb: 32, sliceMs: 500 };
const bundle = `
  globalThis.kept ??= 0;
  export default { contract: 1, functions: {
    count: async () => ++globalThis.kept,
    big: async (_host, call) => "x".repeat(call.arguments.size),
    loop: async () => { for (;;); },
  } };`;

interface Opened extends StartedGuest {
  readonly ended: Promise<GuestEnd>;
  call(name: string, args?: object): Promise<unknown>;
}

/** A room in a process, and the plugin's answers by call. */
function openRoom(process: GuestProcess): Opened {
  const waiting = new Map<number, (answer: unknown) => void>();
  let [last, end] = [0, (_end: GuestEnd) => {}];
  const ended = new Promise<GuestEnd>((resolve) => {
    end = resolve;
  });
  const onText = (text: string) => {
    const { id, value, error } = JSON.parse(text) as { id: number; value?: unknown; error?: unknown };
    waiting.get(id)?.(error ?? value);
  };
  const guest = process.open({ ...limits, bundle, name: "plugin:probe", onText, onEnd: end });
  const call = (name: string, args = {}) =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      const call = { key: "k", arguments: args };
      guest.bridge.post(
        JSON.stringify({ t: "call", id: last, path: `functions.${name}`, call, settings: {} }),
      );
    });
  return { ...guest, ended, call };
}

describe.each(["isolated-vm", "quickjs"] as const)("a guest process with %s", (engine) => {
  const started: GuestProcess[] = [];
  const start = () => {
    const process = new GuestProcess(engine, limits);
    started.push(process);
    return process;
  };
  afterEach(() => {
    for (const process of started.splice(0)) process.kill({ reason: "closed", message: "the test is over" });
  });

  describe("that is ready", () => {
    let guest: GuestProcess;
    let facts: string;
    let left: string;
    beforeAll(async () => {
      left = join(await mkdtemp(join(tmpdir(), "coppice-left-")), "open");
      await writeFile(left, "");
      process.env["COPPICE_TEST_CANARY"] = "a secret of the worker";
      const file = openSync(left, "r");
      koffi.load(null).func("int fcntl(int, int, int)")(file, 2, 0); // as if it were left open for every child
      guest = new GuestProcess(engine, limits);
      await guest.ready;
      facts = `/proc/${guest.pid}`;
    });
    afterAll(() => guest.kill({ reason: "closed", message: "the test is over" }));

    it("has inherited no environment, no folder and no open file", () => {
      expect(readFileSync(`${facts}/environ`, "utf8")).not.toContain("canary");
      expect(readFileSync(`${facts}/environ`, "utf8").replace("PWD=/\0", "")).toBe("");
      expect(readlinkSync(`${facts}/cwd`)).toBe("/");
      const open = readdirSync(`${facts}/fd`).map((each) => readlinkSync(`${facts}/fd/${each}`));
      expect(open.filter((to) => !/^(socket|pipe|anon_inode):/.test(to) && to !== "/")).toEqual([]);
    });

    it("has given up everything that it doesn't need", () => {
      const status = readFileSync(`${facts}/status`, "utf8");
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      expect(status).toMatch(/^Seccomp:\t2$/m);
      expect(guest.sealed).toEqual({ noNewPrivileges: true, systemCalls: true });
    });

    it("may leave no core and write no file", () => {
      const text = readFileSync(`${facts}/limits`, "utf8");
      expect(text).toMatch(/^Max core file size +0 +0 /m);
      expect(text).toMatch(/^Max file size +0 +0 /m);
      expect(text).toMatch(/^Max open files +128 +128 /m);
    });

    it("lives in namespaces of its own, without rights in them", async (test) => {
      const jail = await findJail();
      test.skip(jail.name === "none", `no jail: ${jail.why}`);
      for (const kind of ["mnt", "net", "pid", "ipc", "uts", "user"])
        expect(readlinkSync(`${facts}/ns/${kind}`), kind).not.toBe(readlinkSync(`/proc/self/ns/${kind}`));
      expect(readFileSync(`${facts}/status`, "utf8")).toMatch(/^CapEff:\t0+$/m);
      const interfaces = readFileSync(`${facts}/net/dev`, "utf8").split("\n").slice(2);
      expect(interfaces.filter((line) => line !== "" && !line.trim().startsWith("lo:"))).toEqual([]);
    });
  });

  it("keeps rooms of one process apart, and lets one go without the other", async () => {
    const guests = start();
    const [a, b] = [openRoom(guests), openRoom(guests)];
    await Promise.all([a.opened, b.opened]);
    expect([await a.call("count"), await a.call("count"), await b.call("count")]).toEqual([1, 2, 1]);
    a.bridge.kill({ reason: "closed", message: "not needed" });
    expect(await a.ended).toMatchObject({ reason: "closed" });
    expect(await b.call("count")).toBe(2);
    expect(guests.rooms).toBe(1);
  });

  it("goes with a room that is lost, and tells the others", async () => {
    const guests = start();
    const [bad, neighbour] = [openRoom(guests), openRoom(guests)];
    await Promise.all([bad.opened, neighbour.opened]);
    void bad.call("loop");
    expect(await bad.ended).toMatchObject({ reason: "stuck" });
    expect(await neighbour.ended).toMatchObject({ reason: "neighbour" });
    expect(guests.usable).toBe(false);
  });

  it("blames nobody when it is ended as a whole, and the only one when there is one", async () => {
    const why = { reason: "memory", message: "made its process grow" } as const;
    const shared = start();
    const rooms = [openRoom(shared), openRoom(shared)];
    await Promise.all(rooms.map((room) => room.opened));
    shared.kill(why);
    for (const room of rooms)
      expect(await room.ended).toEqual({ reason: "signal", message: `was ended: it ${why.message}` });
    const alone = start();
    const room = openRoom(alone);
    await room.opened;
    alone.kill(why);
    expect(await room.ended).toMatchObject(why);
  });

  it("carries answers that are larger than its pipe, many at once", async () => {
    const room = openRoom(start());
    await room.opened;
    const sizes = Array.from({ length: 12 }, (_, i) => 1_000_000 - i);
    const answers = await Promise.all(sizes.map((size) => room.call("big", { size })));
    expect(answers.map((each) => String(each).length)).toEqual(sizes);
  });

  it("ends when its worker is killed", async () => {
    const script = `
      import { GuestProcess } from ${JSON.stringify(import.meta.resolve("../../../engine/host/guest-process.ts"))};
      const guest = new GuestProcess(${JSON.stringify(engine)}, ${JSON.stringify(limits)});
      await guest.ready;
      console.log(guest.pid);`;
    expect(await runUntilKilled(script)).toEqual({ alive: false });
  });
});
