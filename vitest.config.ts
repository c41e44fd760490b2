import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks", // isolated-vm crashes in worker threads
    maxWorkers: 2, // many tests wait for real services: one at a time leaves the second core idle
    globalSetup: ["test/support/services.ts"], // starts Postgres and Temporal when a test asks for them
    include: ["test/**/*.test.ts"],
    exclude: ["test/peers/**", "node_modules/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
