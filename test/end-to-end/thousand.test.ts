import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.stop();
});

it("one action makes 1,000 nodes with at most 200 history events, and the CLI shows how far it is", async () => {
  const path = join(stack.home, "large.coppice");
  const program = (
    size: number,
  ) => `plugin fake from "${join(root, "plugins/fake")}" { allow state  with { latency: 20ms } }
profile box = fake.server { image: "box:1" }
cluster large { profile: box size: ${size} in 0..1000 }
`;
  writeFileSync(path, program(0));
  await stack.apply(path);
  const ran = await stack.cli(
    "run",
    "CLUSTER_RESIZE",
    "cluster=large",
    "size=1000",
    "--program",
    "large",
    "--json",
  );
  expect(ran.code, ran.stderr + ran.stdout).toBe(0);
  const lines = ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const progress = lines.filter((line) => line.progress?.total === 1000).map((line) => line.progress.done);
  expect(progress.length, "progress on the way").toBeGreaterThan(2);
  const action = lines.find((line) => line.action?.status === "SUCCEEDED")?.action;
  expect(action, ran.stdout.slice(-2000)).toBeDefined();

  const { historyLength, type } = await stack.temporal.workflow.getHandle(action.id).describe();
  expect(type).toBe("CLUSTER_RESIZE");
  expect(historyLength).toBeLessThanOrEqual(200);
  const made = await stack.pool.query("select count(*)::integer as n from node where status = 'ACTIVE'");
  expect(made.rows[0].n).toBe(1000);
});
