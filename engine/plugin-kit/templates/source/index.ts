import { defineDriver, type Json, type SourceAnswer } from "coppice/sdk";
import type manifest from "./.coppice/manifest.ts";

const atOnce = 100;
const minuteNow = (): number => Math.floor(Date.now() / 60_000);

// Put your service in the place of the clock: ask it for what happened after the cursor.
function minutesAfter(cursor: number): readonly number[] {
  const count = Math.min(minuteNow() - cursor, atOnce);
  return Array.from({ length: Math.max(0, count) }, (_, i) => cursor + 1 + i);
}

/** What to tell follows from the cursor alone, so a repeat tells the same, under the same ids. */
function poll(cursor: Json): SourceAnswer {
  if (cursor === null) return { events: [], cursor: minuteNow() }; // begins with now, not with 1970
  const minutes = minutesAfter(Number(cursor));
  return {
    events: minutes.map((minute) => ({ name: "minute", id: `minute-${minute}`, fields: { minute } })),
    cursor: minutes.at(-1) ?? cursor,
  };
}

export default defineDriver<typeof manifest>()({
  contract: 1,
  sources: { clock: { poll: async (_host, call) => poll(call.cursor) } },
});
