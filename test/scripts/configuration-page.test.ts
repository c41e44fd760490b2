import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configurationPage } from "../../scripts/configuration-page.ts";

it("is what docs/configuration.md holds: npm run docs writes it", () => {
  const written = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
  expect(written).toBe(configurationPage());
});
