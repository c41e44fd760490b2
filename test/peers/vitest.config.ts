import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";

const peer = process.env["COPPICE_TEST_PEER"] ?? "*";
const setup = new URL(`${peer}/global-setup.ts`, import.meta.url).pathname;

/** Tests against real systems, run by `scripts/test-peers.ts` one file after the other. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    pool: "forks",
<<<<<<< HEAD
    globalSetup: ["test/support/services.ts"], // starts Postgres when a test asks for it
    include: [`test/peers/${process.env["COPPICE_TEST_PEER"] ?? "*"}/**/*.test.ts`],
=======
    include: [`test/peers/${peer}/**/*.test.ts`],
    globalSetup: existsSync(setup) ? [setup] : [],
>>>>>>> 2d9010a (test(peers): run Senlin's own clients against it and against Coppice)
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
