import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parsePublicKey } from "../../../engine/plugins/minisign/public-key.ts";
import { generateKeyPair, parseSecretKey } from "../../../engine/plugins/minisign/secret-key.ts";
import {
  checkSignature,
  parseSignature,
  type Signature,
  signData,
} from "../../../engine/plugins/minisign/signature.ts";

/** From the README of minisign-verify: the file holds `test`. */
const published = {
  key: "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
  signature: `untrusted comment: signature from minisign secret key
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
trusted comment: timestamp:1633700835\tfile:test\tprehashed
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==`,
};

function signatureOf(text: string): Signature {
  const signature = parseSignature(text);
  if (signature === null) throw new Error("it is no signature");
  return signature;
}

describe("minisign", () => {
  it("accepts what minisign itself signed, and nothing else with that signature", () => {
    const key = parsePublicKey(published.key, "published");
    const signature = signatureOf(published.signature);
    expect(signature).toMatchObject({ keyId: key.id, prehashed: true });
    expect(checkSignature(signature, Buffer.from("test"), key)).toBe("signed");
    expect(checkSignature(signature, Buffer.from("Test"), key)).toBe("modified");
    const retold = published.signature.replace("file:test", "file:best");
    expect(checkSignature(signatureOf(retold), Buffer.from("test"), key)).toBe("invalid");
  });

  it("signs what it then accepts, with a key of its own for each pair", () => {
    const [one, two] = [generateKeyPair(), generateKeyPair()];
    const secret = parseSecretKey(one.secret, "one", undefined);
    const text = signData(Buffer.from("hello"), secret, "file:hello");
    const key = parsePublicKey(one.public, "one");
    expect(signatureOf(text)).toMatchObject({ keyId: key.id, trustedComment: "file:hello" });
    expect(checkSignature(signatureOf(text), Buffer.from("hello"), key)).toBe("signed");
    expect(checkSignature(signatureOf(text), Buffer.from("hello"), parsePublicKey(two.public, "two"))).toBe(
      "invalid",
    );
  });

  it.each([
    ["nothing", ""],
    ["a comment alone", "untrusted comment: x\n"],
    ["a line that is too short", published.signature.replace(/RUQ.*/, "RUQf6LRCGA9i")],
    ["another algorithm", published.signature.replace("RUQf", "RVQf")],
    ["no trusted comment", published.signature.replace("trusted comment: timestamp", "comment: timestamp")],
    ["a global signature that is too short", published.signature.replace(/wLM.*/, "wLMDjy9F")],
  ])("reads no signature from %s", (_what, text) => {
    expect(parseSignature(text)).toBeNull();
  });

  it("reads no key from what is none, and shows nothing of it", () => {
    const { secret } = generateKeyPair();
    expect(() => parsePublicKey(secret, "my.key")).toThrow("my.key is no minisign public key");
    expect(() => parseSecretKey(published.key, "my.pub", undefined)).toThrow(
      "my.pub is no minisign secret key",
    );
    const [comment = "", line = ""] = secret.split("\n");
    const bytes = Buffer.from(line, "base64");
    bytes[100] = (bytes[100] as number) ^ 1;
    const damaged = `${comment}\n${bytes.toString("base64")}`;
    expect(() => parseSecretKey(damaged, "my.key", undefined)).toThrow("my.key is damaged");
  });

  it("reads a key with a password, and only with that", () => {
    const pair = generateKeyPair();
    const locked = withPassword(pair.secret, "open sesame");
    const key = parseSecretKey(locked, "my.key", "open sesame");
    expect(key.number).toEqual(parseSecretKey(pair.secret, "my.key", undefined).number);
    const signature = signatureOf(signData(Buffer.from("x"), key, ""));
    expect(checkSignature(signature, Buffer.from("x"), parsePublicKey(pair.public, "pub"))).toBe("signed");
    expect(() => parseSecretKey(locked, "my.key", "sesame")).toThrow("its password is wrong");
    expect(() => parseSecretKey(locked, "my.key", undefined)).toThrow("my.key has a password");
    const greedy = Buffer.from(locked.split("\n")[1] as string, "base64");
    greedy.writeBigUInt64LE(2n ** 40n, 46);
    const asks = `comment\n${greedy.toString("base64")}`;
    expect(() => parseSecretKey(asks, "my.key", "open sesame")).toThrow("wants more work");
  });
});

/** As minisign keeps it, with libsodium's smallest limits, which mean N = 1024, r = 8, p = 1. */
function withPassword(secret: string, password: string): string {
  const bytes = Buffer.from(secret.split("\n")[1] as string, "base64");
  bytes.write("Sc", 2, "latin1");
  bytes.writeBigUInt64LE(32768n, 38);
  bytes.writeBigUInt64LE(16777216n, 46);
  const stream = scryptSync(password, bytes.subarray(6, 38), 104, { N: 1024, r: 8, p: 1 });
  for (let i = 0; i < 104; i += 1) bytes[54 + i] = (bytes[54 + i] as number) ^ (stream[i] as number);
  return `untrusted comment: minisign encrypted secret key\n${bytes.toString("base64")}\n`;
}
