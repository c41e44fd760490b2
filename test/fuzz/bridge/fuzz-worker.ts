import { encodeFrame, frame } from "../../../engine/host/guest/frames.ts";
import { GuestProcess } from "../../../engine/host/guest-process.ts";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import { HostFailure } from "../../../engine/host/plugin-host.ts";
import { hostFixture } from "../../engine/host/host-fixture.ts";
import type { Random } from "../random.ts";
import type { FuzzReport } from "./fuzz-bridge.ts";
import { HostileChild } from "./hostile-child.ts";
import { hostileText, mutated } from "./hostile-json.ts";

const roundsPerHost = 100;
const callsPerRound = 4;
const messagesPerCall = 25;
const grants = [{ capability: "state", target: null }] as const;

/** Guests that say anything: the worker has to settle every call, and to serve the next guest as if nothing was. */
export async function fuzzWorker(plugin: LoadedPlugin, random: Random, report: FuzzReport, count: number) {
  const end = report.messages + count;
  while (report.messages < end) {
    const child = { hostile: true };
    const fixture = hostFixture([plugin], {
      place: (options) => new GuestProcess("isolated-vm", options, () => player(child.hostile)).open(options),
      sliceMs: 3000,
    });
    const player = (hostile: boolean) => {
      const played = new HostileChild();
      played.onMessage = (text, room) => answer(played, room, text, hostile ? random : null, report);
      return played;
    };
    const call = (project: string, name: string) =>
      fixture.invoke(plugin, name, { value: 1 }, { projectId: project, grants, timeoutMs: 3000 });
    for (let round = 0; round < roundsPerHost && report.messages < end; round++) {
      child.hostile = true;
      const calls = Array.from({ length: callsPerRound }, () => call(`hostile-${round}`, "echo"));
      for (const outcome of await Promise.allSettled(calls)) {
        if (outcome.status === "rejected" && !(outcome.reason instanceof HostFailure)) throw outcome.reason;
        const code = outcome.status === "fulfilled" ? "ok" : (outcome.reason as HostFailure).code;
        report.outcomes[code] = (report.outcomes[code] ?? 0) + 1;
      }
      child.hostile = false;
      if ((await call(`honest-${round}`, "echo")) !== 1) throw new Error("an honest guest was not served");
    }
    await fixture.host.close();
  }
}

/** What a guest says to a call: the truth after anything else. */
function answer(child: HostileChild, room: number, text: string, random: Random | null, report: FuzzReport) {
  const { t, id } = JSON.parse(text) as { t: string; id: number };
  if (t === "end") child.say(frame.message, room, `{"t":"ended","id":${id}}`);
  if (t !== "call") return;
  const honest = encodeFrame(frame.message, room, JSON.stringify({ t: "done", id, ok: true, value: 1 }));
  if (random === null) return child.write(honest);
  const frames: Buffer[] = [];
  const kind = random.pick(["known", "known", "changed", "wild"] as const); // one bad message ends a guest
  for (let i = 0; i < messagesPerCall; i++) {
    frames.push(hostileFrame(random, room, id, kind));
    report.messages += 1;
  }
  const stream = Buffer.concat([...frames, honest]);
  // whole, or in pieces that end anywhere
  for (let at = 0; at < stream.length; ) {
    const size = random.chance(0.5) ? stream.length : 1 + random.below(400);
    child.write(stream.subarray(at, at + size));
    at += size;
  }
}

function hostileFrame(random: Random, room: number, id: number, kind: Kind): Buffer {
  const error = { kind: "bug", name: "Error", message: "m", stack: "at plugin:probe:1:1" };
  const messages = [
    { t: "done", id: id + random.below(3), ok: true, value: [] },
    { t: "done", id, ok: false, error },
    { t: "done", id, ok: true, value: null, accepted: { token: 1, after: 1 } },
    {
      t: "request",
      id: random.below(9),
      call: id,
      capability: "state",
      input: { do: "set", key: "k", value: 1 },
    },
    {
      t: "request",
      id: 1,
      call: id,
      capability: random.pick(["http", "socket", "command", "ssh", "stream"]),
      input: {},
    },
    { t: "log", call: id, level: "info", text: "said" },
    { t: "event", call: id, text: "said" },
    { t: "ended", id },
  ];
  const message = random.pick(messages);
  const text = textOf[kind](random, message);
  if (kind !== "wild" || !random.chance(0.05)) return encodeFrame(frame.message, room, text);
  const how = random.below(4); // what no frame is allowed to be, or from a room that isn't there
  if (how === 0) return encodeFrame(random.below(256), random.below(3), text);
  const bytes = encodeFrame(frame.message, room + random.below(2), text);
  if (how === 1) bytes.writeUInt32LE(random.below(2 ** 32), 0);
  if (how === 2) return bytes.subarray(0, random.below(bytes.length));
  return bytes;
}

type Kind = "known" | "changed" | "wild";

const textOf: Readonly<Record<Kind, (random: Random, message: Readonly<Record<string, unknown>>) => string>> =
  {
    known: (_random, message) => JSON.stringify(message), // at the wrong time, or for another call
    changed: (random, message) => JSON.stringify(mutated(random, message)),
    wild: hostileText,
  };
