import { gzipSync } from "node:zlib";
import { Header } from "tar";

/** One entry of a made-up tar file: any type, any path, as no honest tool writes them. */
export interface MadeUp {
  readonly path: string;
  readonly text?: string;
  readonly type?: "File" | "SymbolicLink" | "Link" | "FIFO" | "CharacterDevice" | "Directory";
  readonly linkpath?: string;
}

/** A `.tgz` of these entries. */
export function madeUpTgz(entries: readonly MadeUp[]): Buffer {
  const blocks = entries.flatMap(({ path, text = "", type = "File", linkpath }) => {
    const block = Buffer.alloc(512);
    const size = Buffer.byteLength(text);
    new Header({ path, size, type, mode: 0o644, ...(linkpath === undefined ? {} : { linkpath }) }).encode(
      block,
      0,
    );
    return [block, Buffer.from(text), Buffer.alloc((512 - (size % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
