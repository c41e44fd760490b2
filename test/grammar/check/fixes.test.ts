import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkCatalog } from "../../../grammar/check/catalog.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { withEdits } from "../../../grammar/diagnostics/apply-fixes.ts";
import type { Diagnostic } from "../../../grammar/diagnostics/diagnostic.ts";
import { resolveFixture } from "./fixture-plugins.ts";
import { fixtureSources } from "./fixture-sources.ts";
import { loadLibrary } from "../../../engine/actions/load-library.ts";

const folder = new URL("cases/", import.meta.url);
/** In `several`, a name that is mended shows a mistake behind it. */
const cases = readdirSync(folder).filter((name) => name.endsWith(".coppice") && name !== "several.coppice");

function diagnosticsOf(path: string, text: string): readonly Diagnostic[] {
  return compileProgram({
    path,
    text,
    library: loadLibrary(),
    plugins: resolveFixture,
    sources: fixtureSources(path),
  }).diagnostics;
}

/** How often each code and message of an error is there. */
function errorsOf(diagnostics: readonly Diagnostic[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { code, severity } of diagnostics) {
    if (severity === "error") counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}

const fixable = cases.flatMap((file) => {
  const text = readFileSync(new URL(file, folder), "utf8");
  const before = diagnosticsOf(file, text);
  return before.flatMap((diagnostic, index) =>
    (diagnostic.file ?? 0) === 0 && Object.hasOwn(checkCatalog, diagnostic.code)
      ? (diagnostic.fixes ?? []).map((fix) => ({
          name: `${file} ${index}: ${diagnostic.code}, ${fix.title}`,
          file,
          text,
          before,
          diagnostic,
          fix,
        }))
      : [],
  );
});

describe("fixes", () => {
  it("are there for many mistakes", () => {
    expect(fixable.length).toBeGreaterThan(60);
  });

  it.each(fixable)("$name", ({ file, text, before, diagnostic, fix }) => {
    const after = diagnosticsOf(file, withEdits(text, fix.edits));
    const same = ({ code, message }: Diagnostic) =>
      code === diagnostic.code && message === diagnostic.message;
    expect(after.filter(same).length).toBeLessThan(before.filter(same).length);
    const allowed = errorsOf(before);
    for (const [code, count] of errorsOf(after)) {
      expect(count, `${code} in ${withEdits(text, fix.edits)}`).toBeLessThanOrEqual(allowed.get(code) ?? 0);
    }
  });
});
