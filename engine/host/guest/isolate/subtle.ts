import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { fromBase64, toBase64 } from "./base64.ts";
import { toBytes } from "./bytes.ts";
import { CryptoKeyInside, type KeyUsage, makeKey, secretOf } from "./crypto-key.ts";
import { DOMExceptionInside } from "./dom-exception.ts";
import { wires } from "./wires.ts";

/** Computed inside, by @noble/hashes: no further way out of the isolate, and 1 MB of SHA-256 takes 6 ms. */
const hashes = { "SHA-1": sha1, "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 };
type HashName = keyof typeof hashes;
type Named = string | { readonly name: string };
type HmacParams = { readonly name: string; readonly hash: Named; readonly length?: number };
interface Jwk {
  readonly kty?: string;
  readonly k?: string;
  readonly alg?: string;
  readonly ext?: boolean;
  readonly key_ops?: readonly string[];
}

/** `SubtleCrypto` with digests (SHA-1, SHA-2) and HMAC; everything else is a `NotSupportedError`. */
export class SubtleCryptoInside {
  async digest(algorithm: Named, data: unknown): Promise<ArrayBuffer> {
    return hashes[hashOf(algorithm)](bytesOf(data)).slice().buffer;
  }

  async importKey(
    format: string,
    data: unknown,
    algorithm: HmacParams,
    extractable: boolean,
    usages: readonly KeyUsage[],
  ): Promise<CryptoKeyInside> {
    const hash = hmacHash(algorithm);
    let secret: Uint8Array<ArrayBuffer> | undefined;
    if (format === "raw" || format === "raw-secret") secret = bytesOf(data).slice();
    else if (format === "jwk") secret = fromJwk(data as Jwk, hash);
    else throw notSupported(`importKey of ${format}`);
    if (secret.length === 0) throw new DOMExceptionInside("an HMAC key is not empty", "DataError");
    return hmacKey(secret, hash, extractable, usages);
  }

  async exportKey(format: string, key: CryptoKeyInside): Promise<ArrayBuffer | Jwk> {
    if (!key.extractable) throw new DOMExceptionInside("the key is not extractable", "InvalidAccessError");
    const secret = secretOf(key);
    if (format === "raw" || format === "raw-secret") return secret.slice().buffer;
    if (format !== "jwk") throw notSupported(`exportKey to ${format}`);
    const k = toBase64(secret).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    return {
      key_ops: [...key.usages],
      ext: true,
      alg: jwkName(key.algorithm.hash.name as HashName),
      kty: "oct",
      k,
    };
  }

  async generateKey(
    algorithm: HmacParams,
    extractable: boolean,
    usages: readonly KeyUsage[],
  ): Promise<CryptoKeyInside> {
    const hash = hmacHash(algorithm);
    const bytes = algorithm.length === undefined ? hashes[hash].blockLen : Math.ceil(algorithm.length / 8);
    return hmacKey(new Uint8Array(wires.randomBytes(bytes)), hash, extractable, usages);
  }

  async sign(algorithm: Named, key: CryptoKeyInside, data: unknown): Promise<ArrayBuffer> {
    return mac(algorithm, key, "sign", data).slice().buffer;
  }

  async verify(algorithm: Named, key: CryptoKeyInside, signature: unknown, data: unknown): Promise<boolean> {
    const right = mac(algorithm, key, "verify", data);
    const given = bytesOf(signature);
    let different = right.length ^ given.length;
    for (let i = 0; i < right.length; i++) different |= (right[i] as number) ^ (given[i] ?? 0);
    return different === 0;
  }
}

for (const name of ["encrypt", "decrypt", "deriveBits", "deriveKey", "wrapKey", "unwrapKey"])
  Object.defineProperty(SubtleCryptoInside.prototype, name, {
    value: async () => {
      throw notSupported(name);
    },
    writable: true,
    configurable: true,
  });

function mac(algorithm: Named, key: CryptoKeyInside, usage: KeyUsage, data: unknown): Uint8Array {
  if (nameOf(algorithm) !== "HMAC") throw notSupported(`${usage} with ${nameOf(algorithm)}`);
  if (!(key instanceof CryptoKeyInside)) throw new TypeError("the key is not a CryptoKey");
  if (!key.usages.includes(usage))
    throw new DOMExceptionInside(`the key is not for ${usage}`, "InvalidAccessError");
  const hash = hashes[key.algorithm.hash.name as HashName];
  return hmac(hash, secretOf(key), bytesOf(data));
}

function hmacKey(
  secret: Uint8Array<ArrayBuffer>,
  hash: HashName,
  extractable: boolean,
  usages: readonly KeyUsage[],
): CryptoKeyInside {
  if (usages.length === 0 || usages.some((usage) => usage !== "sign" && usage !== "verify"))
    throw new DOMExceptionInside("an HMAC key is for sign and verify", "SyntaxError");
  const algorithm = { name: "HMAC", hash: { name: hash }, length: secret.length * 8 } as const;
  return makeKey(secret, algorithm, extractable, usages);
}

function fromJwk(jwk: Jwk, hash: HashName): Uint8Array<ArrayBuffer> {
  const { kty, k, alg } = jwk ?? {};
  const secret = typeof k === "string" ? fromBase64(k.replaceAll("-", "+").replaceAll("_", "/")) : undefined;
  if (kty !== "oct" || secret === undefined)
    throw new DOMExceptionInside('a JWK for HMAC has kty "oct" and k', "DataError");
  if (alg !== undefined && alg !== jwkName(hash))
    throw new DOMExceptionInside(`the JWK is for ${alg}, not ${jwkName(hash)}`, "DataError");
  return secret;
}

function jwkName(hash: HashName): string {
  return hash.replace("SHA-", "HS");
}

function hmacHash(algorithm: HmacParams): HashName {
  if (nameOf(algorithm) !== "HMAC") throw notSupported(`a key for ${nameOf(algorithm)}`);
  return hashOf(algorithm.hash);
}

function hashOf(algorithm: Named): HashName {
  const name = nameOf(algorithm);
  if (!Object.hasOwn(hashes, name)) throw notSupported(`the digest ${name}`);
  return name as HashName;
}

function nameOf(algorithm: Named): string {
  const name = typeof algorithm === "string" ? algorithm : algorithm?.name;
  if (typeof name !== "string") throw new TypeError("an algorithm has a name");
  return name.toUpperCase();
}

function bytesOf(data: unknown): Uint8Array<ArrayBuffer> {
  const bytes = toBytes(data);
  if (bytes === undefined) throw new TypeError("data is an ArrayBuffer or a view of one");
  return bytes;
}

function notSupported(what: string): DOMExceptionInside {
  return new DOMExceptionInside(
    `${what}: plugins have digests (SHA-1, SHA-2) and HMAC only`,
    "NotSupportedError",
  );
}
