import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import proto from "@temporalio/proto";
import { describe, expect, it } from "vitest";
import { estimateAction } from "../../../grammar/estimate/estimate.ts";
import type { RunStart } from "../../../workflows/activities.ts";

const folder = join(import.meta.dirname, "../../histories");
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".bin"))
  .sort();

/** What a recorded run began with: the answer of `beginAction`. */
function startOf(history: proto.temporal.api.history.v1.History): RunStart {
  for (const { markerRecordedEventAttributes: marker } of history.events ?? []) {
    const data = marker?.details?.["result"]?.payloads?.[0]?.data;
    if (data !== undefined && data !== null) return JSON.parse(Buffer.from(data).toString()) as RunStart;
  }
  throw new Error("the history has no beginning");
}

describe("recorded runs stay below their estimates", () => {
  it.each(files)("%s", (file) => {
    const bytes = readFileSync(join(folder, file));
    const history = proto.temporal.api.history.v1.History.decode(bytes);
    const { plan, action } = startOf(history);
    const estimate = estimateAction(plan, action.name);
    expect(history.events?.length).toBeLessThanOrEqual(estimate.events);
    expect(bytes.length).toBeLessThanOrEqual(estimate.payloadBytes);
  });

  it("and not far: a resize in batches of 50, a scale-in of many at once", () => {
    const near = (name: string) => {
      const file = files.find((one) => one.endsWith(name)) ?? "";
      const history = proto.temporal.api.history.v1.History.decode(readFileSync(join(folder, file)));
      const { plan, action } = startOf(history);
      return estimateAction(plan, action.name).events / (history.events?.length ?? 1);
    };
    expect(near("resize-in-batches.bin")).toBeLessThan(4);
    expect(near("scale-in.bin")).toBeLessThan(4);
  });
});
