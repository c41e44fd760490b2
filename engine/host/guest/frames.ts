/** What travels between worker and guest process, both ways: length, type, room, UTF-8 text. */
export const frame = {
  /** To the guest, before all else: which engine, and our own code that runs inside. Text: `GuestStart`. */
  start: 6,
  /** From the guest: it can open rooms now. Text: `Sealed`. */
  ready: 7,
  /** To the guest: make a room and load a plugin. Text: `{memoryMb, sliceMs, bundle, name}`. */
  open: 1,
  /** To the guest: text for the room. From it: text that the room posted. */
  message: 2,
  /** To the guest: give the room up. */
  close: 3,
  /** From the guest: the plugin is loaded. Text: its description. */
  opened: 4,
  /** From the guest: the room is lost, or never came up. Text: `{reason, message, stack?}`. */
  lost: 5,
  /** To the guest and back, without text: its own thread still turns. */
  ping: 8,
  /** Both ways, only for a room that was opened to be inspected. Text: a message of the Chrome DevTools protocol. */
  inspect: 9,
} as const;

/** More than the largest answer that the broker gives (4 MiB of text), escaped twice at worst. */
export const frameLimit = 32 * 1024 * 1024;
const header = 9;

/** One frame as bytes. */
export function encodeFrame(type: number, room: number, text: string): Buffer {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(header + length);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt32LE(room, 5);
  bytes.write(text, header);
  return bytes;
}

/** Finds the frames in a stream of chunks. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #wanted = header;
  readonly #onFrame: (type: number, room: number, text: string) => void;

  constructor(onFrame: (type: number, room: number, text: string) => void) {
    this.#onFrame = onFrame;
  }

  /** Throws `RangeError` for a frame over the limit: the other side can't be trusted any more. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#wanted) return;
    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#size);
    this.#wanted = header;
    while (bytes.length >= header) {
      const length = bytes.readUInt32LE(0);
      if (length > frameLimit) throw new RangeError(`a frame of ${length} bytes`);
      if (bytes.length < header + length) {
        this.#wanted = header + length;
        break;
      }
      const text = bytes.toString("utf8", header, header + length);
      const [type, room] = [bytes.readUInt8(4), bytes.readUInt32LE(5)];
      bytes = bytes.subarray(header + length);
      this.#onFrame(type, room, text);
    }
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#size = bytes.length;
  }
}
