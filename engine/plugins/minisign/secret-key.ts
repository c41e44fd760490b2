import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, scryptSync } from "node:crypto";
import { blake2b } from "@noble/hashes/blake2.js";
import { PluginError } from "../../host/plugin-error.ts";
import { formatPublicKey } from "./public-key.ts";

/** A key that signs. */
export interface SecretKey {
  /** Eight bytes that name the pair. */
  readonly number: Buffer;
  readonly key: KeyObject;
}

/** A new pair as minisign's two files; the secret one has no password, as with `minisign -G -W`. */
export function generateKeyPair(): { readonly secret: string; readonly public: string } {
  const number = randomBytes(8);
  const { privateKey } = generateKeyPairSync("ed25519");
  const { d, x } = privateKey.export({ format: "jwk" });
  const [seed, raw] = [Buffer.from(d as string, "base64url"), Buffer.from(x as string, "base64url")];
  const pair = Buffer.concat([number, seed, raw]);
  const head = Buffer.concat([Buffer.from("Ed\0\0B2", "latin1"), Buffer.alloc(48)]);
  const line = Buffer.concat([head, pair, checksum(pair)]).toString("base64");
  return {
    secret: `untrusted comment: minisign secret key, without a password\n${line}\n`,
    public: formatPublicKey(number, raw),
  };
}

/** Reads a minisign secret key, `password` only if it has one. Throws `bad-key`, which tells nothing of the key. */
export function parseSecretKey(text: string, shown: string, password: string | undefined): SecretKey {
  const bytes = Buffer.from(text.trim().split(/\r?\n/).at(-1) ?? "", "base64");
  if (bytes.length !== 158 || bytes.toString("latin1", 0, 2) !== "Ed")
    throw new PluginError(`${shown} is no minisign secret key`, {
      code: "bad-key",
      help: "make one with: coppice plugin sign --new-key FILE",
    });
  const clear =
    bytes.toString("latin1", 2, 4) === "\0\0" ? bytes.subarray(54) : decrypted(bytes, shown, password);
  const pair = clear.subarray(0, 72);
  if (!checksum(pair).equals(clear.subarray(72)))
    throw new PluginError(`${shown} is damaged, or its password is wrong`, { code: "bad-key" });
  const [d, x] = [clear.subarray(8, 40), clear.subarray(40, 72)].map((part) => part.toString("base64url"));
  const jwk = { kty: "OKP", crv: "Ed25519", d: d as string, x: x as string };
  return { number: Buffer.from(clear.subarray(0, 8)), key: createPrivateKey({ key: jwk, format: "jwk" }) };
}

/** Takes the password's stream off number, key and checksum: scrypt with the costs that the key names. */
function decrypted(bytes: Buffer, shown: string, password: string | undefined): Buffer {
  if (password === undefined)
    throw new PluginError(`${shown} has a password`, {
      code: "bad-key",
      help: "name it in COPPICE_SIGNING_PASSWORD",
    });
  const [operations, memory] = [bytes.readBigUInt64LE(38), bytes.readBigUInt64LE(46)];
  if (operations > 2n ** 26n || memory > 2n ** 31n)
    throw new PluginError(`${shown} wants more work for its password than is sound`, { code: "bad-key" });
  const stream = scryptSync(password, bytes.subarray(6, 38), 104, {
    ...scryptCosts(Number(operations), Number(memory)),
    maxmem: 2 ** 31,
  });
  return Buffer.from(bytes.subarray(54).map((byte, i) => byte ^ (stream[i] as number)));
}

/** As libsodium chooses them from its two limits (`crypto_pwhash_scryptsalsa208sha256`). */
function scryptCosts(operations: number, memory: number): { N: number; r: number; p: number } {
  const r = 8;
  const most = Math.max(operations, 32768);
  const power = (limit: number) => {
    let log = 1;
    while (log < 63 && 2 ** log <= limit / 2) log += 1;
    return log;
  };
  if (most < memory / 32) return { N: 2 ** power(most / (r * 4)), r, p: 1 };
  const log = power(memory / (r * 128));
  return { N: 2 ** log, r, p: Math.max(1, Math.floor(Math.min(most / 4 / 2 ** log, 0x3fffffff) / r)) };
}

/** BLAKE2b with 32 bytes, which Node's own can't be asked for. */
function checksum(pair: Buffer): Buffer {
  return Buffer.from(blake2b(Buffer.concat([Buffer.from("Ed"), pair]), { dkLen: 32 }));
}
