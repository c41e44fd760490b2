import type { SourceResolver } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import { importPath, isVersion, libraryPath, newestVersion } from "./import-paths.ts";

/** Finds imports among the files that came with a request: the server never looks at a disk. */
export function givenSources(files: readonly SourceText[]): SourceResolver {
  const byPath = new Map(files.map((file) => [importPath("", file.path), file]));
  return ({ path, version, from }) => {
    const place = importPath(from, path);
    const wanted = version === null ? place : libraryFile(place, version);
    const found = wanted === null ? undefined : byPath.get(wanted);
    const shown = version === null ? place : `${place} version ${version}`;
    return found ?? { error: `the request holds no file ${shown} among its imports` };
  };

  function libraryFile(folder: string, version: string): string | null {
    if (!isVersion(version)) return null;
    const versions = [...byPath.keys()]
      .map((path) => path.split("/").at(-2) ?? "")
      .filter((each) => byPath.has(libraryPath(folder, each)));
    const newest = newestVersion(versions, version);
    return newest === undefined ? null : libraryPath(folder, newest);
  }
}
