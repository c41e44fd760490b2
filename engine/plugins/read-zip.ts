import { createRequire } from "node:module";
import { PluginError } from "../host/plugin-error.ts";
import type { ArchiveSink } from "./read-archive.ts";

/** Reads a `.zip` in memory. An entry that unpacks to more than it says is cut there, and takes no more memory. */
export function readZip(bytes: Uint8Array, sink: ArchiveSink): void {
  for (const [name, content] of Object.entries(unpack(bytes, sink))) sink.add(name, content);
}

/** For what only archives need, as in `read-tar.ts`. */
const require = createRequire(import.meta.url);

function unpack(bytes: Uint8Array, sink: ArchiveSink): Record<string, Uint8Array> {
  const { unzipSync } = require("fflate") as typeof import("fflate");
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) =>
        !name.endsWith("/") && sink.expect(name, Math.max(size, originalSize)),
    });
  } catch (error) {
    if (error instanceof PluginError) throw error;
    return sink.refuse(`can't be unpacked: ${(error as Error).message}`);
  }
}
