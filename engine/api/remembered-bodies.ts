import { LRUCache } from "lru-cache";
import type { QueryResultRow } from "pg";
import {
  listVersionedRows,
  listVersions,
  type ListedKind,
  type PageQuery,
  type Version,
} from "../store/list-rows.ts";
import type { Queryable } from "../store/pool.ts";
import type { Microversion } from "./microversion.ts";

type Body = { [key: string]: unknown };

/** How rows become JSON. */
export interface Written {
  readonly microversion: Microversion;
  readonly toJson: (body: Body) => string;
}

/** A page as it is sent: the ids of its rows, and the JSON of each with a comma after it. */
export interface WrittenPage {
  readonly rows: readonly { readonly id: string }[];
  readonly pieces: readonly Buffer[];
}

/** What a kind of rows looks like to clients. */
export interface Shown<Row> {
  readonly toBody: (row: Row, microversion: Microversion) => Body;
  /** Whether the body stays as it is until the row changes; else it isn't remembered. */
  readonly isLasting: (row: Row) => boolean;
}

interface Remembered {
  readonly version: string;
  readonly piece: Buffer;
}

const mostBytes = 16 * 2 ** 20;
const quietMs = 60_000;
/** What an entry takes beside its texts. */
const entryBytes = 300;

/**
 * Lists that are asked for again and again. Each time the database says which rows are in the page, and which version of each, so
 * that a page is always as true as any; only those whose version isn't remembered are read and written as JSON. Forgets
 * everything after a minute in which nobody asked.
 */
export class RememberedBodies<Row extends QueryResultRow> {
  readonly #kind: ListedKind;
  readonly #shown: Shown<Row>;
  readonly #bodies = new LRUCache<string, Remembered>({
    maxSize: mostBytes,
    sizeCalculation: ({ version, piece }) => version.length + piece.length + entryBytes,
  });
  #forgetting: NodeJS.Timeout | undefined;

  constructor(kind: ListedKind, shown: Shown<Row>) {
    this.#kind = kind;
    this.#shown = shown;
  }

  /** One page; `written.toJson` must be the same for every call. */
  async read(db: Queryable, query: PageQuery, written: Written): Promise<WrittenPage> {
    this.#forgetWhenQuiet();
    if (this.#bodies.size === 0) {
      const rows = await listVersionedRows<Row>(db, this.#kind, query);
      return { rows, pieces: rows.map((row) => this.#remember(row, written)) };
    }
    const page = await listVersions(db, this.#kind, query);
    const known = page.map(({ id, version }) => {
      const body = this.#bodies.get(`${written.microversion} ${id}`);
      return body?.version === version ? body.piece : undefined;
    });
    const missing = page.filter((_, index) => known[index] === undefined).map(({ id }) => id);
    const read = await this.#readMissing(db, query, { missing, written });
    const pieces = page.map(({ id }, index) => known[index] ?? read.get(id));
    return {
      rows: page.filter((_, index) => pieces[index] !== undefined), // some may be gone since
      pieces: pieces.filter((piece) => piece !== undefined),
    };
  }

  async #readMissing(
    db: Queryable,
    query: PageQuery,
    q: { missing: readonly string[]; written: Written },
  ): Promise<ReadonlyMap<string, Buffer>> {
    if (q.missing.length === 0) return new Map();
    const where = [...(query.where ?? []), { text: "id = any ($$::uuid[])", value: q.missing }];
    const rows = await listVersionedRows<Row>(db, this.#kind, { ...query, marker: null, limit: null, where });
    return new Map(rows.map((row) => [row.id, this.#remember(row, q.written)]));
  }

  #remember(row: Row & Version, { microversion, toJson }: Written): Buffer {
    const { toBody, isLasting } = this.#shown;
    const piece = Buffer.from(`${toJson(toBody(row, microversion))},`);
    if (isLasting(row)) this.#bodies.set(`${microversion} ${row.id}`, { version: row.version, piece });
    return piece;
  }

  #forgetWhenQuiet(): void {
    if (this.#forgetting !== undefined) this.#forgetting.refresh();
    else this.#forgetting = setTimeout(() => this.#bodies.clear(), quietMs).unref();
  }
}
