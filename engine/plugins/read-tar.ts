import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import type { ReadEntry } from "tar";
import { PluginError } from "../host/plugin-error.ts";
import { packageLimits } from "./package-limits.ts";
import type { ArchiveSink } from "./read-archive.ts";

/** For what only archives need: loading it takes 10 ms, and every `coppice check` reads plugins. */
const require = createRequire(import.meta.url);

/** Reads a `.tgz` in memory. The parser is fed once and is done when that returns. */
export function readTar(bytes: Uint8Array, sink: ArchiveSink): void {
  const { Parser } = require("tar") as typeof import("tar");
  let ended = false;
  const parser = new Parser({ strict: true, onReadEntry: (entry) => take(entry, sink) });
  parser.on("end", () => {
    ended = true;
  });
  const tar = unzipped(bytes, sink);
  try {
    parser.end(tar);
  } catch (error) {
    if (error instanceof PluginError) throw error;
    sink.refuse(`can't be unpacked: ${(error as Error).message}`);
  }
  if (!ended) sink.refuse("ends in the middle of a file");
}

function unzipped(bytes: Uint8Array, sink: ArchiveSink): Buffer {
  try {
    // tar's own headers and padding take up to 1,024 bytes a file, and more for long names
    const maxOutputLength = packageLimits.bytes + packageLimits.files * 2048;
    return gunzipSync(bytes, { maxOutputLength });
  } catch (error) {
    return sink.refuse(`can't be unpacked: ${(error as Error).message}`);
  }
}

function take(entry: ReadEntry, sink: ArchiveSink): void {
  const { path, type, size } = entry;
  if (type === "Directory" || type === "GNUDumpDir") {
    entry.resume();
    return;
  }
  if (type !== "File" && type !== "OldFile" && type !== "ContiguousFile")
    sink.refuse(`holds ${path}, which is a ${type}; only files and folders may be in it`);
  if (!sink.expect(path, size)) {
    entry.resume();
    return;
  }
  const chunks: Buffer[] = [];
  entry.on("data", (chunk: Buffer) => chunks.push(chunk));
  entry.on("end", () => sink.add(path, Buffer.concat(chunks)));
}
