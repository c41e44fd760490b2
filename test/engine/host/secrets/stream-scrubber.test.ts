import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamScrubber } from "../../../../engine/host/secrets/stream-scrubber.ts";

const traces = (...values: string[]) => new Map(values.map((value, i) => [value, { handle: `<${i}>` }]));
const pass = (scrubber: StreamScrubber, pieces: readonly Buffer[]) =>
  Buffer.concat([...pieces.map((piece) => scrubber.push(piece)), scrubber.end()]);

describe("taking secrets out of a stream", () => {
  it("finds them wherever the borders are", () => {
    // values whose beginnings and ends overlap are the hard ones
    const values = ["abab", "ababc", "cabb", "bbbb"];
    const text = fc.array(fc.constantFrom("a", "b", "c", "x", ...values), { maxLength: 40 });
    const check = (parts: readonly string[], cuts: readonly number[]) => {
      const whole = Buffer.from(parts.join(""), "utf8");
      const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((from, i) => whole.subarray(from, at[i] ?? whole.length));
      const once = pass(new StreamScrubber(traces(...values)), [whole]).toString();
      const cut = pass(new StreamScrubber(traces(...values)), pieces).toString();
      expect(cut).toBe(once);
      for (const value of values) expect(cut).not.toContain(value);
    };
    fc.assert(fc.property(text, fc.array(fc.nat(1000), { maxLength: 12 }), check), { numRuns: 2000 });
  });

  it("lets everything else through at once, bytes included", () => {
    const scrubber = new StreamScrubber(traces("secret"));
    expect(scrubber.push(Buffer.from([0, 255, 128, 10]))).toEqual(Buffer.from([0, 255, 128, 10]));
    expect(scrubber.push(Buffer.from("hello s")).toString()).toBe("hello ");
    expect(scrubber.push(Buffer.from("ea")).toString()).toBe("sea");
    expect(scrubber.push(Buffer.from(" é sécret")).toString()).toBe(" é sécret");
    expect(scrubber.end().length).toBe(0);
  });

  it("finds values that aren't ASCII, by their bytes", () => {
    const bytes = Buffer.from("vor Schlüssel-Öl nach", "utf8");
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    expect(pass(new StreamScrubber(traces("Schlüssel-Öl")), pieces).toString()).toBe("vor <0> nach");
  });
});
