import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { libraryFunctions } from "../../grammar/library/functions.ts";
import { functionsPage } from "../../scripts/functions-page.ts";

it("is what docs/functions.md says: `npm run docs` writes it anew", () => {
  const written = readFileSync(new URL("../../docs/functions.md", import.meta.url), "utf8");
  expect(written).toBe(functionsPage());
});

it("has a row for each function, with its signature", () => {
  const rows = functionsPage()
    .split("\n")
    .filter((line) => line.startsWith("| `."));
  expect(rows).toHaveLength(libraryFunctions.size);
  expect(rows.join("\n")).toMatch(/^\| `\.count\(\w+\?: T => Bool\) -> Int` \| .+\. \|$/m);
});
