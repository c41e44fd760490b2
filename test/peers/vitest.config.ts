import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";

const peer = process.env["COPPICE_TEST_PEER"] ?? "*";
const setup = new URL(`${peer}/global-setup.ts`, import.meta.url).pathname;

/** Tests against real systems, run by `scripts/test-peers.ts` one file after the other. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    pool: "forks",
    // Postgres when a test asks for it, and what this peer's tests share
    globalSetup: ["test/support/services.ts", ...(existsSync(setup) ? [setup] : [])],
    include: [`test/peers/${peer}/**/*.test.ts`],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
