import { type Compiled, compileProgram } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import { compareVersions, fitsVersion } from "../plugins/plugin-versions.ts";
import { findPlugins, listOfferedPlugins, type PluginRow } from "../store/plugins.ts";
import type { Queryable } from "../store/pool.ts";
import { givenSources } from "./given-sources.ts";
import { importPath } from "./import-paths.ts";
import { loadLibrary } from "./load-library.ts";
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

/**
 * Compiles what a client sent, with the plugins that were uploaded, and those that the server offers by their names.
 * Throws only for what no compiler should see.
 */
export async function compileRequest(db: Queryable, request: ProgramRequest): Promise<Compiled> {
  if ([request, ...request.imports].some(({ text }) => text.includes("\u0000")))
    throw new Refusal("invalid", "bad-text", "the program holds a NUL character");
  const uploaded = await findPlugins(db, { hashes: Object.values(request.plugins) });
  const first = compileWith(request, uploaded, new Map());
  const offered = await findOffered(db, first.absent);
  const { compiled } = offered.size === 0 ? first : compileWith(request, uploaded, offered);
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

/** Compiles, and says which plugins the request names no hash for. */
function compileWith(
  request: ProgramRequest,
  uploaded: readonly PluginRow[],
  offered: ReadonlyMap<string, PluginRow>,
): { readonly compiled: Compiled; readonly absent: ReadonlySet<string> } {
  const rows = new Map(uploaded.map((row) => [row.hash, row]));
  const absent = new Set<string>();
  const compiled = compileProgram({
    path: request.path,
    text: request.text,
    library: loadLibrary(),
    parameters: request.parameters,
    sources: givenSources(request.imports),
    plugins(written, from) {
      const path = from === request.path ? written : importPath(from, written);
      const hash = Object.hasOwn(request.plugins, path) ? request.plugins[path] : undefined;
      const row = hash === undefined ? offered.get(written) : rows.get(hash);
      if (row === undefined) absent.add(written);
      return row === undefined ? noPlugin(hash) : (unloaded(row) ?? schemaOf(row));
    },
  });
  return { compiled, absent };
}

function noPlugin(hash: string | undefined) {
  return {
    error:
      hash === undefined ? "the request names no plugin for this path" : `the server has no plugin ${hash}`,
    help: "upload it first: PUT /v1/plugins",
  };
}

function unloaded(row: PluginRow) {
  if (row.unloaded_at === null) return null;
  const error = `plugin ${row.name} ${row.version} was unloaded`;
  return { error, help: "an administrator loads it again: coppice plugin load PATH --reload" };
}

/** The newest of each plugin that servers offer under these names; `lamps@1.2` wants a version that starts so. */
async function findOffered(
  db: Queryable,
  written: ReadonlySet<string>,
): Promise<ReadonlyMap<string, PluginRow>> {
  const found = new Map<string, PluginRow>();
  for (const each of written) {
    const { name, version } = /^(?<name>[a-z][a-z0-9_]*)(?:@(?<version>[\w.-]+))?$/.exec(each)?.groups ?? {};
    if (name === undefined) continue;
    const rows = (await listOfferedPlugins(db, { name }))
      .filter((row) => version === undefined || fitsVersion(row.version, version))
      .sort((a, b) => compareVersions(b.version, a.version)); // of one version, the newest comes first
    if (rows[0] !== undefined) found.set(each, rows[0]);
  }
  return found;
}

/** Schemas of uploaded plugins by hash; unknown hashes are left out. */
export async function loadSchemas(
  db: Queryable,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, PluginSchema>> {
  const rows = await findPlugins(db, { hashes });
  return new Map(rows.map((row) => [row.hash, schemaOf(row)]));
}

function schemaOf({ hash, manifest }: PluginRow): PluginSchema {
  return { ...(manifest as object), hash } as PluginSchema; // checked when it was uploaded
}
