import fc from "fast-check";
import { expect, it } from "vitest";
import { readServerSentEvents } from "../../../engine/cli/server-sent-events.ts";

async function read(chunks: readonly Uint8Array[]): Promise<{ event: string; data: string }[]> {
  async function* body() {
    yield* chunks;
  }
  const events: { event: string; data: string }[] = [];
  for await (const event of readServerSentEvents(body())) events.push(event);
  return events;
}

it("reads named events, several lines of data, and skips comments and unknown fields", async () => {
  const text =
    ': hello\n\nevent: progress\nid: 7\ndata: {"a":1}\n\ndata: one\ndata:two\n\nevent: lost at the end\n';
  expect(await read([new TextEncoder().encode(text)])).toEqual([
    { event: "progress", data: '{"a":1}' },
    { event: "message", data: "one\ntwo" },
  ]);
});

it("doesn't care where the chunks are cut, not even within a character", async () => {
  const bytes = new TextEncoder().encode("event: event\r\ndata: größer → 🌳\r\n\r\ndata: x\n\n");
  const whole = await read([bytes]);
  expect(whole).toHaveLength(2);
  const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      const sorted = [0, ...places.sort((a, b) => a - b), bytes.length];
      const chunks = sorted.slice(1).map((end, index) => bytes.slice(sorted[index], end));
      expect(await read(chunks)).toEqual(whole);
    }),
  );
});
