import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, frameLimit } from "../../../engine/host/guest/frames.ts";

describe("frames", () => {
  it("come out as they went in, however the stream is cut", () => {
    const message = fc.tuple(
      fc.nat(255),
      fc.nat(0xffffffff),
      fc.string({ unit: "grapheme", maxLength: 200 }),
    );
    fc.assert(
      fc.property(
        fc.array(message),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (messages, cuts) => {
          const stream = Buffer.concat(messages.map((m) => encodeFrame(...m)));
          const seen: unknown[] = [];
          const reader = new FrameReader((...m) => void seen.push(m));
          for (let at = 0, i = 0; at < stream.length; i++) {
            const size = cuts[i % cuts.length] ?? 1;
            reader.push(stream.subarray(at, at + size));
            at += size;
          }
          expect(seen).toEqual(messages);
        },
      ),
    );
  });

  it("refuses a frame over the limit before it has come", () => {
    const header = Buffer.alloc(9);
    header.writeUInt32LE(frameLimit + 1, 0);
    expect(() => new FrameReader(() => {}).push(header)).toThrow(RangeError);
  });
});
