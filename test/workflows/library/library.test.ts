import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runTest } from "../../../engine/local/run-test.ts";
import { compileProgram } from "../../../grammar/compile.ts";
import { renderDiagnostics } from "../../../grammar/diagnostics/render-diagnostic.ts";
import { fakeSchema, library } from "../memory-run.ts";

const folder = new URL("./", import.meta.url);

describe.each(readdirSync(folder).filter((name) => name.endsWith(".coppice")))("%s", (name) => {
  const text = readFileSync(new URL(name, folder), "utf8");
  const { plan, tests, diagnostics } = compileProgram({
    path: name,
    text,
    library,
    plugins: () => fakeSchema,
  });
  const schemas = new Map([[fakeSchema.hash, fakeSchema]]);

  it("compiles", () => {
    expect(renderDiagnostics(text, name, diagnostics, { color: false })).toBe("");
  });

  it.each(tests.map((test) => [test.name, test] as const))("%s", async (_, test) => {
    if (plan === null) throw new Error("it does not compile");
    const outcomes = await runTest({ plan, schemas, test });
    const told = outcomes.flatMap(({ problems, calls }) =>
      problems.map(({ message, at, details, failure }) =>
        [`${name}:${at.line}: ${message}`, failure?.message, ...details, ...calls].join("\n"),
      ),
    );
    expect(told).toEqual([]);
  });
});
