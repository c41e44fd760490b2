import { LRUCache } from "lru-cache";
import type { QueryResultRow } from "pg";
import {
  listVersionedRows,
  listVersions,
  type ListedKind,
  type PageQuery,
  type Versioned,
} from "../store/list-rows.ts";
import type { Queryable } from "../store/pool.ts";
import type { Microversion } from "./microversion.ts";

type Body = { [key: string]: unknown };

/** How rows become JSON. */
export interface Written {
  readonly microversion: Microversion;
  readonly toJson: (body: Body) => string;
}

/** A page as it is sent: the ids of its rows, and their JSON with commas between. */
export interface PageText {
  readonly rows: readonly { readonly id: string }[];
  readonly json: string;
}

interface Remembered {
  readonly version: string;
  readonly json: string;
}

const mostCharacters = 12 * 2 ** 20;
const quietMs = 60_000;
/** What an entry takes beside its texts. */
const entryCharacters = 200;

/**
 * Lists that are asked for again and again. Each time the database says which rows are in the page, and which version of each, so
 * that a page is always as true as any; only those whose version isn't remembered are read and written as JSON. Forgets
 * everything after a minute in which nobody asked.
 */
export class RememberedBodies<Row extends QueryResultRow> {
  readonly #kind: ListedKind;
  readonly #toBody: (row: Row, microversion: Microversion) => Body;
  readonly #bodies = new LRUCache<string, Remembered>({
    maxSize: mostCharacters,
    sizeCalculation: ({ version, json }) => version.length + json.length + entryCharacters,
  });
  #forgetting: NodeJS.Timeout | undefined;

  constructor(kind: ListedKind, toBody: (row: Row, microversion: Microversion) => Body) {
    this.#kind = kind;
    this.#toBody = toBody;
  }

  /** One page; `written.toJson` must be the same for every call. */
  async read(db: Queryable, query: PageQuery, written: Written): Promise<PageText> {
    this.#forgetWhenQuiet();
    if (this.#bodies.size === 0) {
      const rows = await listVersionedRows<Row>(db, this.#kind, query);
      return { rows, json: rows.map((row) => this.#remember(row, written)).join(",") };
    }
    const page = await listVersions(db, this.#kind, query);
    const known = page.map(({ id, version }) => {
      const body = this.#bodies.get(`${written.microversion} ${id}`);
      return body?.version === version ? body.json : undefined;
    });
    const missing = page.filter((_, index) => known[index] === undefined).map(({ id }) => id);
    const read = await this.#readMissing(db, query, { missing, written });
    const rows = page.filter(({ id }, index) => known[index] !== undefined || read.has(id)); // some may be gone since
    const texts = page.map(({ id }, index) => known[index] ?? read.get(id));
    return { rows, json: texts.filter((text) => text !== undefined).join(",") };
  }

  async #readMissing(
    db: Queryable,
    query: PageQuery,
    q: { missing: readonly string[]; written: Written },
  ): Promise<ReadonlyMap<string, string>> {
    if (q.missing.length === 0) return new Map();
    const where = [...(query.where ?? []), { text: "id = any ($$::uuid[])", value: q.missing }];
    const rows = await listVersionedRows<Row>(db, this.#kind, { ...query, marker: null, limit: null, where });
    return new Map(rows.map((row) => [row.id, this.#remember(row, q.written)]));
  }

  #remember(row: Versioned<Row>, { microversion, toJson }: Written): string {
    const json = toJson(this.#toBody(row, microversion));
    this.#bodies.set(`${microversion} ${row.id}`, { version: row.version, json });
    return json;
  }

  #forgetWhenQuiet(): void {
    if (this.#forgetting !== undefined) this.#forgetting.refresh();
    else this.#forgetting = setTimeout(() => this.#bodies.clear(), quietMs).unref();
  }
}
