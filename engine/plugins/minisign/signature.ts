import { createHash, sign, verify } from "node:crypto";
import { keyId, type PublicKey } from "./public-key.ts";
import type { SecretKey } from "./secret-key.ts";

/** A minisign signature, read. What it says is true only once `checkSignature` has said so. */
export interface Signature {
  readonly keyId: string;
  /** Whether the data's BLAKE2b hash was signed, and not the data (minisign before 0.6). */
  readonly prehashed: boolean;
  readonly signature: Buffer;
  readonly trustedComment: string;
  readonly globalSignature: Buffer;
}

/** Reads a `.minisig` file; `null` when it's none. */
export function parseSignature(text: string): Signature | null {
  const [, line = "", comment = "", last = ""] = text.trim().split(/\r?\n/);
  const bytes = Buffer.from(line, "base64");
  const algorithm = bytes.toString("latin1", 0, 2);
  const globalSignature = Buffer.from(last, "base64");
  const prefix = "trusted comment: ";
  if (bytes.length !== 74 || globalSignature.length !== 64 || !comment.startsWith(prefix)) return null;
  if (algorithm !== "Ed" && algorithm !== "ED") return null;
  return {
    keyId: keyId(bytes.subarray(2, 10)),
    prehashed: algorithm === "ED",
    signature: bytes.subarray(10),
    trustedComment: comment.slice(prefix.length),
    globalSignature,
  };
}

/**
 * `signed` when the key signed this very data, `modified` when the signature is the key's but of other data, `invalid`
 * when the key never made it.
 */
export function checkSignature(
  given: Signature,
  data: Uint8Array,
  { key }: PublicKey,
): "signed" | "modified" | "invalid" {
  const whole = Buffer.concat([given.signature, Buffer.from(given.trustedComment)]);
  if (!verify(null, whole, key, given.globalSignature)) return "invalid";
  return verify(null, given.prehashed ? blake2b512(data) : data, key, given.signature)
    ? "signed"
    : "modified";
}

/** The text of a `.minisig` file for this data. The trusted comment is signed too; both comments are one line. */
export function signData(data: Uint8Array, secret: SecretKey, trustedComment: string): string {
  const signature = sign(null, blake2b512(data), secret.key);
  const global = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), secret.key);
  const line = Buffer.concat([Buffer.from("ED"), secret.number, signature]).toString("base64");
  const comment = `untrusted comment: signature by coppice with key ${keyId(secret.number)}`;
  return `${comment}\n${line}\ntrusted comment: ${trustedComment}\n${global.toString("base64")}\n`;
}

function blake2b512(data: Uint8Array): Buffer {
  return createHash("blake2b512").update(data).digest();
}
