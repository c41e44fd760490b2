import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestStack, type TestStack } from "./test-stack.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply("examples/storefront.coppice");
});
afterAll(async () => {
  await stack.stop();
});

it("a database step that is refused ends its action at once, at its line, and changes nothing", async () => {
  const id = await stack.begin("storefront", "CLUSTER_RESIZE", { cluster: "storefront", size: 1000 });
  expect(await stack.end(id)).toMatchObject({
    status: "FAILED",
    status_reason: 'size 1000 is outside 2..10 of cluster "storefront"',
  });
  const { body } = await stack.api("GET", `/v1/actions/${id}`);
  expect(body.action).toMatchObject({
    failure: { code: "size-out-of-range", at: { line: expect.any(Number) } },
  });
  const cluster = await stack.api("GET", "/v1/clusters/storefront");
  expect(cluster.body.cluster).toMatchObject({ status: "ACTIVE", desired_capacity: 3 });
});
