import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { type PluginPackage, signatureFiles } from "./plugin-package.ts";

/**
 * A package as the bytes of a `.tgz` or a `.zip`, its signature inside: the same files give the same bytes. Unpacked by any
 * tool, it is the folder that it was made from.
 */
export function packPlugin(pack: PluginPackage, form: "tgz" | "zip" = "tgz"): Buffer {
  const files = filesOf(pack);
  if (form === "zip") return zipOf(files);
  const blocks = [...files].flatMap(([path, bytes]) => entryBlocks(path, bytes));
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 9 });
}

/** With its signature. */
function filesOf(pack: PluginPackage): ReadonlyMap<string, Uint8Array> {
  const files = new Map(pack.files);
  const { signature } = pack;
  if (signature !== null) {
    const [only] = pack.files.keys();
    if (signature.sums !== null) files.set(signatureFiles.sums, Buffer.from(signature.sums));
    files.set(
      pack.kind === "file" ? `${only}.minisig` : signatureFiles.signature,
      Buffer.from(signature.text),
    );
  }
  return files;
}

/** The time is the first that the format knows, in UTC as in every other time zone. */
function zipOf(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const { zipSync } = require("fflate") as typeof import("fflate");
  return Buffer.from(zipSync(Object.fromEntries(files), { level: 9, mtime: new Date(1980, 0, 1) }));
}

/** For what only archives need, as in `read-zip.ts`. */
const require = createRequire(import.meta.url);

/** Header and content of one file, padded to 512 bytes; a long path gets a header of its own before (PAX). */
function entryBlocks(path: string, bytes: Uint8Array): Uint8Array[] {
  const block = Buffer.alloc(512);
  const common = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) } as const;
  const header = new Header({ ...common, path, size: bytes.length, type: "File" });
  const needsPax = header.encode(block, 0);
  const padding = (size: number) => Buffer.alloc((512 - (size % 512)) % 512);
  const own = [block, bytes, padding(bytes.length)];
  if (!needsPax) return own;
  const record = paxRecord("path", path);
  const before = Buffer.alloc(512);
  new Header({ ...common, path: "PaxHeader", size: record.length, type: "ExtendedHeader" }).encode(before, 0);
  return [before, record, padding(record.length), ...own];
}

/** `27 path=…\n`, its length included. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
