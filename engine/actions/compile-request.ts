import { type Compiled, compileProgram } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import { findPlugins } from "../store/plugins.ts";
import type { Queryable } from "../store/pool.ts";
import { givenSources } from "./given-sources.ts";
import { importPath } from "./import-paths.ts";
import { readLibrary } from "./read-library.ts";
import { Refusal } from "./refusal.ts";

/** A program as its author sends it. */
export interface ProgramRequest {
  readonly projectId: string;
  readonly userId: string;
  /** Shown in messages; the file's name without `.coppice` is the program's name. */
  readonly path: string;
  readonly text: string;
  /** The files that it imports, and those that they import, by the path as messages name it. */
  readonly imports: readonly SourceText[];
  /** Values of its params, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Hashes of uploaded plugins, by the path as the program writes it; an imported file's as seen from the program. */
  readonly plugins: Readonly<Record<string, string>>;
}

/** Compiles what a client sent, with the plugins that were uploaded. Throws only for what no compiler should see. */
export async function compileRequest(db: Queryable, request: ProgramRequest): Promise<Compiled> {
  if ([request, ...request.imports].some(({ text }) => text.includes("\u0000")))
    throw new Refusal("invalid", "bad-text", "the program holds a NUL character");
  const schemas = await loadSchemas(db, Object.values(request.plugins));
  const compiled = compileProgram({
    path: request.path,
    text: request.text,
    library: readLibrary(),
    parameters: request.parameters,
    sources: givenSources(request.imports),
    plugins(written, from) {
      const path = from === request.path ? written : importPath(from, written);
      const hash = Object.hasOwn(request.plugins, path) ? request.plugins[path] : undefined;
      if (hash === undefined)
        return {
          error: "the request names no plugin for this path",
          help: "upload it first: PUT /v1/plugins",
        };
      return (
        schemas.get(hash) ?? {
          error: `the server has no plugin ${hash}`,
          help: "upload it first: PUT /v1/plugins",
        }
      );
    },
  });
  if (compiled.plan !== null && !/^[\w][\w.-]{0,127}$/.test(compiled.plan.program)) {
    throw new Refusal(
      "invalid",
      "bad-program-name",
      `"${compiled.plan.program}" is not a program's name`,
      "name the file with letters, digits, - and _",
    );
  }
  return compiled;
}

/** Schemas of uploaded plugins by hash; unknown hashes are left out. */
export async function loadSchemas(
  db: Queryable,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, PluginSchema>> {
  const rows = await findPlugins(db, { hashes });
  return new Map(
    rows.map((row) => [row.hash, { ...(row.manifest as object), hash: row.hash } as PluginSchema]),
  ); // checked when it was uploaded
}
