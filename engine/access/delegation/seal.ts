import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** AES-256-GCM: a fresh nonce for each, and whoever changes a byte of it is found out. */
const cipher = "aes-256-gcm";
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
export const sealKeyBytes = 32;

/**
 * Encrypts a secret for a row. `owner` says whose row that is: a sealed secret that was copied into another row does
 * not open there. One byte of version, the nonce, the tag, the text.
 */
export function seal(key: Buffer, owner: string, secret: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(owner));
  const text = Buffer.concat([sealing.update(secret, "utf8"), sealing.final()]);
  return Buffer.concat([Buffer.of(version), nonce, sealing.getAuthTag(), text]);
}

/** The secret again; `null` with another key, for another owner, or when a byte has changed. */
export function unseal(key: Buffer, owner: string, sealed: Buffer): string | null {
  const textAt = 1 + nonceBytes + tagBytes;
  if (sealed[0] !== version || sealed.length < textAt) return null;
  const opening = createDecipheriv(cipher, key, sealed.subarray(1, 1 + nonceBytes), {
    authTagLength: tagBytes,
  });
  opening.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(1 + nonceBytes, textAt));
  try {
    return Buffer.concat([opening.update(sealed.subarray(textAt)), opening.final()]).toString("utf8");
  } catch {
    return null;
  }
}
