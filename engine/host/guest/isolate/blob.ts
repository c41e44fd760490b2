import { joinBytes, toBytes } from "./bytes.ts";
import { utf8Decode, utf8Encode } from "./encoding.ts";
import { ReadableStreamInside } from "./streams.ts";

/** What a blob is made of. */
export type BlobPartInside = ArrayBuffer | ArrayBufferView | BlobInside | string;

/** A blob's bytes, not copied: for code of ours that only reads. */
export let blobBytes: (blob: BlobInside) => Uint8Array<ArrayBuffer>;

/** `Blob`: bytes that don't change, with a type. */
export class BlobInside {
  #bytes: Uint8Array<ArrayBuffer>;
  readonly #type: string;

  constructor(
    parts: Iterable<BlobPartInside> = [],
    options: { type?: string; endings?: string } | null = {},
  ) {
    if (typeof parts !== "object" || parts === null || !(Symbol.iterator in parts))
      throw new TypeError("a Blob is made of a list of parts");
    const pieces = [...parts].map((part) =>
      part instanceof BlobInside ? part.#bytes : (toBytes(part) ?? utf8Encode(String(part))),
    );
    this.#bytes = joinBytes(pieces);
    const type = String(options?.type ?? "");
    this.#type = /[^\x20-\x7e]/.test(type) ? "" : type.toLowerCase();
  }

  get size(): number {
    return this.#bytes.length;
  }

  get type(): string {
    return this.#type;
  }

  slice(start = 0, end = this.size, type = ""): BlobInside {
    const made = new BlobInside([], { type });
    made.#bytes = this.#bytes.subarray(...clamp(start, end, this.size));
    return made;
  }

  async text(): Promise<string> {
    return utf8Decode(this.#bytes);
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes.slice();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer;
  }

  stream(): ReadableStreamInside<Uint8Array> {
    let at = 0;
    return new ReadableStreamInside<Uint8Array>({
      type: "bytes",
      pull: (controller) => {
        if (at >= this.size) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        controller.enqueue(this.#bytes.slice(at, at + chunkSize));
        at += chunkSize;
      },
    });
  }

  static {
    blobBytes = (blob) => blob.#bytes;
  }
}

/** `File`. */
export class FileInside extends BlobInside {
  readonly name: string;
  readonly lastModified: number;

  constructor(
    parts: Iterable<BlobPartInside>,
    name: string,
    options: { type?: string; lastModified?: number } = {},
  ) {
    super(parts, options);
    this.name = String(name);
    this.lastModified = Math.trunc(options.lastModified ?? Date.now());
  }
}

const chunkSize = 64 * 1024;

function clamp(start: number, end: number, size: number): [number, number] {
  const place = (at: number) => (at < 0 ? Math.max(size + at, 0) : Math.min(at, size));
  const [from, to] = [place(Math.trunc(start)), place(Math.trunc(end))];
  return [from, Math.max(from, to)];
}
