import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../../../grammar/diagnostics/render-diagnostic.ts";
import { syntaxCatalog } from "../../../grammar/parse/catalog.ts";
import { parseProgram } from "../../../grammar/parse.ts";

const folder = new URL("cases/", import.meta.url);
const cases = readdirSync(folder).filter((name) => name.endsWith(".coppice"));

describe("what users see", () => {
  for (const file of cases) {
    it(file, async () => {
      const source = readFileSync(new URL(file, folder), "utf8");
      const { diagnostics } = parseProgram(source);
      const golden = new URL(file.replace(/coppice$/, "err"), folder);
      const rendered = renderDiagnostics(source, file, diagnostics, { color: false });
      await expect(rendered).toMatchFileSnapshot(golden.pathname);
    });
  }
});

describe.each(Object.keys(syntaxCatalog))("%s", (code) => {
  it("has a golden case that gives this code and no other", () => {
    expect(cases).toContain(`${code}.coppice`);
    const { diagnostics } = parseProgram(readFileSync(new URL(`${code}.coppice`, folder), "utf8"));
    expect(new Set(diagnostics.map((diagnostic) => diagnostic.code))).toEqual(new Set([code]));
  });
});
