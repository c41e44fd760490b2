import { expect, it } from "vitest";
import { loadLibrary } from "../../../engine/actions/load-library.ts";
import { type CompiledLibrary, compileLibrary, libraryBehind } from "../../../grammar/compile-library.ts";

/** Every position of the built-in actions and policies. */
function positions(part: unknown): { readonly file: number; readonly line: number }[] {
  if (typeof part !== "object" || part === null) return [];
  const here = "file" in part && "line" in part ? [part as { file: number; line: number }] : [];
  return [...here, ...Object.values(part).flatMap(positions)];
}

it("stands behind a program of any number of files, with its positions in its own files", () => {
  const paths = (library: CompiledLibrary, fileCount: number) =>
    positions([library.actions, library.policies]).map(({ file, line }) => {
      const { path, lines } = library.files[file - fileCount] ?? {};
      expect(lines?.[line]).toBeDefined();
      return path;
    });
  const alone = paths(libraryBehind(1, loadLibrary()), 1);
  expect(alone.length).toBeGreaterThan(500);
  expect(new Set(alone)).toContain("workflows/library/cluster-resize.coppice");
  for (const fileCount of [2, 3, 12]) {
    const behind = libraryBehind(fileCount, loadLibrary());
    expect(paths(behind, fileCount)).toEqual(alone);
    expect(behind.symbols).toBe(loadLibrary().symbols);
  }
  expect(libraryBehind(1, loadLibrary())).toBe(loadLibrary());
});

it("is moved once for a number of files", () => {
  expect(libraryBehind(3, loadLibrary())).toBe(libraryBehind(3, loadLibrary()));
});

it("throws for a mistake in the library, with its place", () => {
  const path = "workflows/library/wrong.coppice";
  expect(() => compileLibrary([{ path, text: "action A() {\n  CLUSTER_NAP()\n}" }])).toThrow(
    /^workflows\/library\/wrong\.coppice:2:3: .*CLUSTER_NAP/,
  );
  expect(() => compileLibrary([{ path, text: "action A( {}" }])).toThrow(/wrong\.coppice:1:/);
});
