import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks", // isolated-vm crashes in worker threads
    include: ["test/**/*.test.ts"],
    exclude: ["test/peers/**", "node_modules/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
