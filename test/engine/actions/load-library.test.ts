import { expect, it } from "vitest";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { readLibrary } from "../../../engine/actions/read-library.ts";
import { compileLibrary } from "../../../grammar/compile-library.ts";

it("is what its texts compile to, though it was kept as JSON", () => {
  const compiled = compileLibrary(readLibrary());
  expect(Object.keys(compiled.symbols)).toContain("CLUSTER_CREATE");
  expect(loadLibrary()).toStrictEqual(compiled);
  expect(loadLibrary()).toBe(loadLibrary());
});
