/**
 * The guest process: holds rooms with plugins in them and passes texts between them and the worker. It has an empty
 * environment, no files but its own code, and knows nothing of what the texts say.
 */
import { writeSync } from "node:fs";
import { dropGarbage } from "./drop-garbage.ts";
import { encodeFrame, FrameReader, frame } from "./frames.ts";
import type { Engine, EngineName, Room, RoomOptions } from "./room.ts";
import { type Sealed, seal } from "./seal.ts";

/** The first frame's text. */
export interface GuestStart extends RoomOptions {
  readonly engine: EngineName;
  readonly prelude: string;
}

type Opening = RoomOptions & { readonly bundle: string; readonly name: string };

/** A room and the number that the worker knows it by; 0 while it waits for its plugin. */
interface Slot {
  id: number;
  readonly options: RoomOptions;
  readonly room: Promise<Room>;
  /** The room once it can be talked to. */
  live?: Room;
}

const slots = new Map<number, Slot>();
let engine: Engine | undefined;
let prelude = "";
let spare: Slot | undefined;

let waiting: Buffer[] = [];
let waitingBytes = 0;

/** Frames that are sent in one turn go out together. */
function send(type: number, room: number, text: string): void {
  const bytes = encodeFrame(type, room, text);
  if (waiting.length === 0) process.nextTick(flush);
  waiting.push(bytes);
  waitingBytes += bytes.length;
  if (waitingBytes > flushAt) flush();
}

/** Waits until it is written. A stream would ask for io_uring where the pipe is full, which a sealed process can't have. */
function flush(): void {
  const bytes = waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting, waitingBytes);
  waiting = [];
  waitingBytes = 0;
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

const flushAt = 64 * 1024;

async function start(q: GuestStart): Promise<void> {
  engine =
    q.engine === "quickjs"
      ? await (await import("./quickjs-engine.ts")).quickJsEngine()
      : (await import("./isolated-vm-engine.ts")).isolatedVmEngine;
  prelude = q.prelude;
  spare = newSlot(engine, q);
  await spare.room;
  dropGarbage(); // of the start, a fifth of the memory
  const sealed: Sealed = await seal(); // from here on it opens nothing any more
  send(frame.ready, 0, JSON.stringify(sealed));
}

function newSlot(from: Engine, options: RoomOptions): Slot {
  const wiring = {
    ...options,
    onPost: (text: string) => send(frame.message, slot.id, text),
    onInspect: (text: string) => send(frame.inspect, slot.id, text),
    onLost: (lost: object) => send(frame.lost, slot.id, JSON.stringify(lost)),
  };
  const slot: Slot = { id: 0, options, room: from.createRoom(prelude, wiring) };
  return slot;
}

async function open(id: number, { bundle, name, memoryMb, sliceMs, inspect }: Opening): Promise<void> {
  if (engine === undefined) throw new Error("a room was asked for before the start");
  const fits =
    spare?.options.memoryMb === memoryMb &&
    spare.options.sliceMs === sliceMs &&
    spare.options.inspect === inspect;
  const slot = spare !== undefined && fits ? spare : newSlot(engine, { memoryMb, sliceMs, inspect });
  if (slot === spare) spare = undefined;
  slot.id = id;
  slots.set(id, slot);
  try {
    const room = await slot.room;
    slot.live = room;
    send(frame.opened, id, await room.load(bundle, name));
  } catch (error) {
    const { message, stack } = error as Error;
    send(frame.lost, id, JSON.stringify({ reason: "load", message, stack }));
  }
}

const reader = new FrameReader((type, id, text) => {
  if (type === frame.message) slots.get(id)?.live?.dispatch(text);
  else if (type === frame.start) void start(JSON.parse(text) as GuestStart);
  else if (type === frame.open) void open(id, JSON.parse(text) as Opening);
  else if (type === frame.inspect) slots.get(id)?.live?.inspect?.(text);
  else if (type === frame.ping) send(frame.ping, 0, "");
  else if (type === frame.close) {
    slots.get(id)?.live?.close();
    slots.delete(id);
  }
});
process.stdin.on("data", (chunk: Buffer) => reader.push(chunk));
process.stdin.on("end", () => {
  // The worker is gone. An exit would wait for isolates that compute, and the first process of a namespace
  // can't send a signal to itself.
  process.kill(process.pid, "SIGKILL");
  process.abort();
});
