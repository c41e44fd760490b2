import { afterAll, beforeAll, expect, it } from "vitest";
import { homeAt } from "../../engine/stack/home.ts";
import { postgresPart } from "../../engine/stack/postgres-part.ts";
import { runCoppice } from "../support/run-coppice.ts";
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

it("an API that can't listen says why and ends, though its database is connected", async () => {
  const { ports } = stack.stack.state();
  const env = {
    COPPICE_HOME: stack.home,
    DATABASE_URL: postgresPart(homeAt(stack.home), ports.postgres ?? 0).url,
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
  };
  const ran = await runCoppice(["api", "--api-port", String(ports.api)], { env });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain(`error: can't listen on port ${ports.api} of 127.0.0.1`);
});
