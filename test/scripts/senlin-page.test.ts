import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { senlinPage } from "../../scripts/senlin-page.ts";

const written = readFileSync(new URL("../../docs/senlin.md", import.meta.url), "utf8");

it("is what docs/senlin.md says: `npm run docs` writes its parts anew", () => {
  expect(written).toBe(senlinPage(written));
});

it("counts what both systems passed, and says what is answered otherwise and why", () => {
  expect(written).toMatch(/^\| tempest's API tests \| .+ \| .+ \|$/m);
  expect(written).toMatch(/^Of \d+ requests, \d+ are answered as Senlin does, \d+ otherwise:$/m);
  expect(written).toContain("- policies: refuses a spec without a type (500 → 400)");
});

it("leaves the rest of the page alone", () => {
  expect(senlinPage("a\n<!-- clients: x -->\nold\n<!-- end of clients -->\nb")).toMatch(
    /^a\n<!-- clients: x -->\n\n\| passed [\s\S]*\n\n<!-- end of clients -->\nb$/,
  );
});
