import { createPublicKey, type KeyObject } from "node:crypto";
import { PluginError } from "../../host/plugin-error.ts";

/** A key that signatures are checked with. */
export interface PublicKey {
  /** Sixteen hexadecimal digits, as minisign shows it. */
  readonly id: string;
  readonly key: KeyObject;
}

/** Reads a minisign public key: its file with the comment above, or the one line alone. Throws `bad-key`. */
export function parsePublicKey(text: string, shown: string): PublicKey {
  const lines = text.trim().split(/\r?\n/);
  const bytes = Buffer.from(lines.at(-1) ?? "", "base64");
  if (bytes.length !== 42 || bytes.toString("latin1", 0, 2) !== "Ed")
    throw new PluginError(`${shown} is no minisign public key`, {
      code: "bad-key",
      help: "it is two lines, of which the second starts with RW; make one with: coppice plugin sign --new-key",
    });
  return { id: keyId(bytes.subarray(2, 10)), key: publicKeyFrom(bytes.subarray(10)) };
}

/** The file of a public key. */
export function formatPublicKey(keyNumber: Uint8Array, raw: Uint8Array): string {
  const line = Buffer.concat([Buffer.from("Ed"), keyNumber, raw]).toString("base64");
  return `untrusted comment: minisign public key ${keyId(keyNumber)}\n${line}\n`;
}

/** The eight bytes of a key's number as people see them: the last byte first. */
export function keyId(number: Uint8Array): string {
  return Buffer.from(number).reverse().toString("hex").toUpperCase();
}

function publicKeyFrom(raw: Uint8Array): KeyObject {
  const x = Buffer.from(raw).toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}
