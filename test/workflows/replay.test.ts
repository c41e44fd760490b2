import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import proto from "@temporalio/proto";
import { Worker } from "@temporalio/worker";
import { expect, it } from "vitest";
import { workflowBundle } from "../../engine/worker/workflow-bundle.ts";

const folder = join(import.meta.dirname, "../histories");
const files = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".bin"))
  .sort();

const codePath = await workflowBundle();

const decode = (bytes: Uint8Array) => proto.temporal.api.history.v1.History.decode(bytes);

it.each(files)("the history %s of an earlier release still replays", async (file) => {
  const history = decode(readFileSync(join(folder, file)));
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, "replayed");
});

it("replaying finds a history that today's interpreter would not make", async () => {
  const history = decode(readFileSync(join(folder, files.find((name) => name.endsWith("/roll.bin")) ?? "")));
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events ?? []) {
    if (scheduled?.activityType) scheduled.activityType.name = "anotherActivity";
  }
  await expect(Worker.runReplayHistory({ workflowBundle: { codePath } }, history, "changed")).rejects.toThrow(
    /nondeterminism|determinism/i,
  );
});
