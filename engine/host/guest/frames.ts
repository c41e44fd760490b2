/** What travels between worker and guest process, both ways: length, type, isolate, UTF-8 text. */
export const frame = {
  /** To the guest: make an isolate and load a plugin. Text: `{memoryMb, sliceMs, bundle, name}`. */
  open: 1,
  /** To the guest: text for the isolate. From it: text that the isolate posted. */
  message: 2,
  /** To the guest: give the isolate up. */
  close: 3,
  /** From the guest: the plugin is loaded. Text: its description. */
  opened: 4,
  /** From the guest: the isolate is lost, or never came up. Text: `{reason, message, stack?}`. */
  lost: 5,
  /** To the guest, once and before everything else: our own module for isolates (`isolate-prelude.ts`). */
  prelude: 6,
} as const;

/** More than the largest answer that the broker gives (4 MiB of text), escaped twice at worst. */
export const frameLimit = 32 * 1024 * 1024;
const header = 9;

/** One frame as bytes. */
export function encodeFrame(type: number, isolate: number, text: string): Buffer {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(header + length);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt32LE(isolate, 5);
  bytes.write(text, header);
  return bytes;
}

/** Finds the frames in a stream of chunks. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #wanted = header;
  readonly #onFrame: (type: number, isolate: number, text: string) => void;

  constructor(onFrame: (type: number, isolate: number, text: string) => void) {
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
      const [type, isolate] = [bytes.readUInt8(4), bytes.readUInt32LE(5)];
      bytes = bytes.subarray(header + length);
      this.#onFrame(type, isolate, text);
    }
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#size = bytes.length;
  }
}
