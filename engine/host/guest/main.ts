/**
 * The guest process: holds isolates and passes texts between them and the worker. It has an empty environment, no
 * files but its own code, and knows nothing of what the texts say.
 */
import { randomBytes } from "node:crypto";
import { encodeFrame, FrameReader, frame } from "./frames.ts";
import { Room, type RoomOptions } from "./room.ts";

type Opening = RoomOptions & { readonly bundle: string; readonly name: string };
const rooms = new Map<number, Room>();
let prelude = "";

function send(type: number, isolate: number, text: string): void {
  process.stdout.write(encodeFrame(type, isolate, text));
}

async function open(id: number, options: Opening): Promise<void> {
  const room = new Room({
    ...options,
    prelude,
    randomBytes: (count) => randomBytes(count),
    onPost: (text) => send(frame.message, id, text),
    onLost: (lost) => send(frame.lost, id, JSON.stringify(lost)),
  });
  rooms.set(id, room);
  try {
    send(frame.opened, id, await room.load(options.bundle, options.name));
  } catch (error) {
    const { message, stack } = error as Error;
    send(frame.lost, id, JSON.stringify({ reason: "load", message, stack }));
  }
}

const reader = new FrameReader((type, isolate, text) => {
  if (type === frame.message) rooms.get(isolate)?.dispatch(text);
  else if (type === frame.prelude) prelude = text;
  else if (type === frame.open) void open(isolate, JSON.parse(text) as Opening);
  else if (type === frame.close) {
    rooms.get(isolate)?.close();
    rooms.delete(isolate);
  }
});
process.stdin.on("data", (chunk: Buffer) => reader.push(chunk));
process.stdin.on("end", () => process.kill(process.pid, "SIGKILL")); // the worker is gone
