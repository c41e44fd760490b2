import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { seal, unseal } from "../../../../engine/access/delegation/seal.ts";

const key = randomBytes(32);

it("gives back what was sealed, and never the same bytes twice", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string(), (secret, owner) => {
      const sealed = seal(key, owner, secret);
      expect(unseal(key, owner, sealed)).toBe(secret);
      expect(seal(key, owner, secret).equals(sealed)).toBe(false);
    }),
  );
});

it("opens with no other key, for no other owner, and not when any bit has changed", () => {
  const sealed = seal(key, "ann", "a secret");
  expect(sealed.includes("a secret")).toBe(false);
  expect(unseal(randomBytes(32), "ann", sealed)).toBeNull();
  expect(unseal(key, "eve", sealed)).toBeNull();
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(unseal(key, "ann", changed)).toBeNull();
  }
  for (let length = 0; length < sealed.length; length += 1)
    expect(unseal(key, "ann", sealed.subarray(0, length))).toBeNull();
});
