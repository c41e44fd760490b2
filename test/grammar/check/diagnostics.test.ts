import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkCatalog } from "../../../grammar/check/catalog.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { renderDiagnostics } from "../../../grammar/diagnostics/render-diagnostic.ts";
import { resolveFixture } from "./fixture-plugins.ts";
import { fixtureSources } from "./fixture-sources.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";

const folder = new URL("cases/", import.meta.url);
const cases = readdirSync(folder).filter((name) => name.endsWith(".coppice"));

/** Codes that need `--set` values: covered in `params.test.ts`. */
const withParameters = ["bad-param-value", "unknown-param"];

describe("what the checker says", () => {
  for (const file of cases) {
    it(file, async () => {
      const text = readFileSync(new URL(file, folder), "utf8");
      const { plan, diagnostics, files } = compileProgram({
        path: file,
        text,
        library: loadLibrary(),
        plugins: resolveFixture,
        sources: fixtureSources(file),
      });
      expect(diagnostics.map(({ code }) => code)).toContain(
        ["several.coppice", "tests.coppice"].includes(file) ? "unknown-name" : codeOf(file),
      );
      expect(plan === null).toBe(diagnostics.some(({ severity }) => severity === "error"));
      const shown = renderDiagnostics(text, file, diagnostics, { color: false, files });
      await expect(shown).toMatchFileSnapshot(new URL(file.replace(".coppice", ".err"), folder).pathname);
    });
  }

  it.each(Object.keys(checkCatalog).filter((code) => !withParameters.includes(code)))(
    "%s has a case",
    (code) => {
      expect(cases).toContain(`${code}.coppice`);
    },
  );
});

function codeOf(file: string): string {
  return file.replace("-twice", "").replace(".coppice", "");
}
