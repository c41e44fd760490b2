import { createHash } from "node:crypto";
import type { QueryResultRow } from "pg";
import type { Queryable } from "./pool.ts";
import { listSharedIds, type SharedKind } from "./shares.ts";

/** One kind of rows that users list: what is read, and what they may sort and filter by. */
export interface ListedKind {
  /** `cluster c` */
  readonly from: string;
  /** Of the table whose rows are listed, where `from` joins several. */
  readonly alias?: string;
  /** Of the select list, over that alias. */
  readonly fields: string;
  /** Further fields by their names, over the columns of a row that is in the page: what costs a look at other tables. */
  readonly details?: Readonly<Record<string, string>>;
  /** SQL expression by the sort key that users write; `id` is always the last one. */
  readonly sortKeys: Readonly<Record<string, string>>;
  /** SQL expression by filter; compared as text. */
  readonly filters: Readonly<Record<string, string>>;
  /** What others may share of it: the kind, and the SQL expression of the shared object's id. */
  readonly shared?: { readonly kind: SharedKind; readonly id: string };
}

export interface SortKey {
  readonly key: string;
  readonly direction: "asc" | "desc";
}

/** Whose rows count: a project's own; `null`: every project's. */
export interface Scope {
  readonly projectId: string | null;
  /** With what others share with this user, or this project, to be read or to be changed; without it nothing. */
  readonly shares?: { readonly userId: string; readonly access: "read" | "write" };
}

/** Which rows of a kind, and in which order. */
export interface PageQuery {
  readonly scope: Scope;
  /** By filter the values of which a row has one. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly sort: readonly SortKey[];
  /** The id of the row after which the page begins; of one that is not there the first page. */
  readonly marker: string | null;
  /** `null`: all there are. */
  readonly limit: number | null;
  /** Further conditions, with the values that they name by `$$`. */
  readonly where?: readonly { readonly text: string; readonly value: unknown }[];
}

/**
 * One page of a kind's rows: those of the scope that match every filter, in the order of `sort` and then of their ids. Nulls come
 * first ascending and last descending.
 */
export async function listRows<Row extends QueryResultRow>(
  db: Queryable,
  kind: ListedKind,
  q: PageQuery,
): Promise<Row[]> {
  const { fields, details } = kind;
  return await readPage<Row>(db, kind, q, details === undefined ? { fields } : { fields, of: whole(kind) });
}

/** Which row, and a text that is another one as soon as anything is that `listRows` reads of it. */
export interface Version {
  readonly id: string;
  readonly version: string;
}

/**
 * The same page, of each row its id and version alone: a fraction of the work, in one text, since ten thousand rows of two
 * columns each would be most of it. For kinds that are read `from` one table.
 */
export async function listVersions(db: Queryable, kind: ListedKind, q: PageQuery): Promise<Version[]> {
  const [row] = await readPage<{ readonly versions: string | null }>(
    db,
    kind,
    q,
    versioned(kind, (alias) => [`${alias}.id`]),
    "string_agg(id || ' ' || version, E'\n') as versions",
  );
  const lines = row?.versions?.split("\n") ?? [];
  return lines.map((line) => ({ id: line.slice(0, idLength), version: line.slice(idLength + 1) }));
}

const idLength = 36;

/** The same page, of each row with its version. */
export async function listVersionedRows<Row extends QueryResultRow>(
  db: Queryable,
  kind: ListedKind,
  q: PageQuery,
): Promise<(Row & Version)[]> {
  return await readPage<Row & Version>(db, kind, q, versioned(kind, whole(kind)));
}

/** A row with its details. */
function whole(kind: ListedKind): (alias: string) => readonly string[] {
  const details = Object.entries(kind.details ?? {}).map(([name, sql]) => `${sql} as ${name}`);
  return (alias) => [`${alias}.*`, ...details];
}

/**
 * The transaction that wrote a row (Postgres keeps it in `xmin`) says which version of it this is; details are of other rows,
 * and may be long: a hash of 64 bits stands for them.
 */
function versioned(kind: ListedKind, of: (alias: string) => readonly string[]): Required<PageFields> {
  const written = `${aliasOf(kind)}.xmin as written_by`;
  return {
    fields: `${kind.fields}, ${written}`,
    of(alias) {
      const details = Object.values(kind.details ?? {}).map((sql) => `(${sql})::text`);
      const hash = `to_hex(hashtextextended(concat_ws(' ', ${details.join(", ")}), 0))`;
      const version =
        details.length === 0 ? `${alias}.written_by::text` : `${alias}.written_by::text || ' ' || ${hash}`;
      return [...of(alias), `${version} as version`];
    },
  };
}

/** What a page's rows are read with, and what is selected of them, under an alias, once it is known which they are. */
interface PageFields {
  readonly fields: string;
  readonly of?: (alias: string) => readonly string[];
}

async function readPage<Row extends QueryResultRow>(
  db: Queryable,
  kind: ListedKind,
  q: PageQuery,
  selected: PageFields,
  /** What is made of all rows together; the rows themselves when it is left out. */
  together?: string,
): Promise<Row[]> {
  const alias = aliasOf(kind);
  const values: unknown[] = [];
  const bind = (value: unknown, type: string) => `$${values.push(value)}::${type}`;
  const conditions: string[] = [];
  const { projectId, shares } = q.scope;
  if (projectId !== null) {
    const own = `${alias}.project_id = ${bind(projectId, "text")}`;
    const { shared } = kind;
    const sharedIds =
      shared === undefined || shares === undefined
        ? []
        : await listSharedIds(db, {
            viewer: { projectId, userId: shares.userId },
            kind: shared.kind,
            access: shares.access,
          });
    const others = sharedIds.length === 0 ? "" : ` or ${shared?.id} = any (${bind(sharedIds, "uuid[]")})`;
    conditions.push(`(${own}${others})`);
  }
  for (const [name, wanted] of Object.entries(q.filters)) {
    if (wanted.length > 0) conditions.push(`${filterOf(kind, name)}::text = any (${bind(wanted, "text[]")})`);
  }
  for (const { text, value } of q.where ?? []) {
    const place = `$${values.push(value)}`;
    conditions.push(text.replaceAll("$$", () => place));
  }
  const keys = [...q.sort.filter(({ key }) => key !== "id"), { key: "id", direction: "asc" as const }].map(
    ({ key, direction }) => ({ sql: key === "id" ? `${alias}.id` : sortOf(kind, key), direction }),
  );
  const columns = keys.map(({ sql }, index) => `${sql} as key_${index}`).join(", ");
  let after = "";
  if (q.marker !== null) {
    after = `marker as (select ${columns} from ${kind.from} where ${alias}.id = ${bind(q.marker, "uuid")})`;
    conditions.push(`(not exists (select from marker) or ${isAfter(keys)})`);
  }
  const order = keys
    .map(({ sql, direction }) => `${sql} ${direction === "asc" ? "asc nulls first" : "desc nulls last"}`)
    .join(", ");
  const page = `
    select ${selected.fields}
    from ${kind.from}
    ${conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`}
    order by ${order}
    ${q.limit === null ? "" : `limit ${bind(q.limit, "bigint")}`}`;
  const rows =
    selected.of === undefined
      ? page
      : `select ${selected.of(alias).join(", ")} from (${page}) ${alias} order by ${order}`;
  const text = `
    ${after === "" ? "" : `with ${after}`}
    ${together === undefined ? rows : `select ${together} from (${rows}) page`}`;
  return (await db.query<Row>({ name: `list-${hashOf(text)}`, text, values })).rows;
}

function aliasOf(kind: ListedKind): string {
  return kind.alias ?? kind.from.slice(kind.from.lastIndexOf(" ") + 1);
}

/** Row comparison with the marker, in which each key has a direction of its own and may be null. */
function isAfter(keys: readonly { readonly sql: string; readonly direction: "asc" | "desc" }[]): string {
  const choices = keys.map(({ sql, direction }, index) => {
    const marker = (at: number) => `(select key_${at} from marker)`;
    const equal = keys.slice(0, index).map((key, at) => `${key.sql} is not distinct from ${marker(at)}`);
    const beyond =
      direction === "asc"
        ? `(${sql} > ${marker(index)} or (${sql} is not null and ${marker(index)} is null))`
        : `(${sql} < ${marker(index)} or (${sql} is null and ${marker(index)} is not null))`;
    return [...equal, beyond].join(" and ");
  });
  return `(${choices.join(" or ")})`;
}

function sortOf(kind: ListedKind, key: string): string {
  const sql = Object.hasOwn(kind.sortKeys, key) ? kind.sortKeys[key] : undefined;
  if (sql === undefined) throw new Error(`no rows are sorted by "${key}"`); // the API has refused it
  return sql;
}

function filterOf(kind: ListedKind, name: string): string {
  const sql = Object.hasOwn(kind.filters, name) ? kind.filters[name] : undefined;
  if (sql === undefined) throw new Error(`no rows are filtered by "${name}"`); // as above
  return sql;
}

/** Statements are prepared under names: as many as there are ways to ask, each short. */
function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

/** What a text that names an object meant. */
export type Found<Row> =
  | { readonly kind: "one"; readonly row: Row }
  | { readonly kind: "none" }
  | { readonly kind: "several" };

const uuidText = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/**
 * The object that a text names, as Senlin reads it (senlin: engine/service, cluster_find): an id, then a name, if it looks
 * like an id; else a name, then the beginning of an id. With `names` false only ids count.
 */
export async function findByIdentity<Row extends QueryResultRow>(
  db: Queryable,
  kind: ListedKind,
  q: { scope: Scope; identity: string; names?: boolean },
): Promise<Found<Row>> {
  const alias = aliasOf(kind);
  const tries: { text: string; value: unknown }[] = [];
  const byName = { text: `${alias}.name = $$`, value: q.identity };
  if (uuidText.test(q.identity)) {
    tries.push({ text: `${alias}.id = $$::uuid`, value: q.identity });
    if (q.names !== false) tries.push(byName);
  } else {
    if (q.names !== false) tries.push(byName);
    const hex = q.identity.toLowerCase();
    if (/^[0-9a-f-]{1,36}$/.test(hex)) tries.push({ text: `${alias}.id::text like $$ || '%'`, value: hex });
  }
  const { projectId, shares } = q.scope;
  const own: Scope = { projectId }; // what is the project's own is found without asking for shares
  const withShares = projectId !== null && shares !== undefined && kind.shared !== undefined;
  for (const scope of withShares ? [own, q.scope] : [own]) {
    for (const where of tries) {
      const page = { filters: {}, sort: [], marker: null, limit: 2, where: [where] };
      const rows = await listRows<Row>(db, kind, { scope, ...page });
      if (rows.length > 1) return { kind: "several" };
      if (rows[0] !== undefined) return { kind: "one", row: rows[0] };
    }
  }
  return { kind: "none" };
}
