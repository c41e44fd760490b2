import { defineConfig } from "vitest/config";

/** Tests against real systems, run by `scripts/test-peers.ts` one file after the other. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    pool: "forks",
    globalSetup: ["test/support/services.ts"], // starts Postgres when a test asks for it
    include: [`test/peers/${process.env["COPPICE_TEST_PEER"] ?? "*"}/**/*.test.ts`],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
