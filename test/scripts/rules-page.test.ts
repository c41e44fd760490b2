import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultRules } from "../../engine/access/rules/default-rules.ts";
import { rulesPage } from "../../scripts/rules-page.ts";

it("is what docs/rules.md says: `npm run docs` writes it anew", () => {
  const written = readFileSync(new URL("../../docs/rules.md", import.meta.url), "utf8");
  expect(written).toBe(rulesPage());
});

it("has a row for each rule", () => {
  for (const rule of Object.keys(defaultRules)) expect(rulesPage()).toContain(`\n| \`${rule}\` | `);
});
