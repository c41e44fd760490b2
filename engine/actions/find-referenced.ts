import type { QueryResultRow } from "pg";
import { findByIdentity, type ListedKind, type Scope } from "../store/list-rows.ts";
import type { Queryable } from "../store/pool.ts";
import { Refusal } from "./refusal.ts";

/**
 * The object that a request names beside the one that it is about, by id, name or the beginning of its id, and only to
 * be read: what is missing is the request's fault, in Senlin's words. `kind` is Senlin's word for it: `profile`.
 */
export async function findReferenced<Row extends QueryResultRow>(
  db: Queryable,
  listed: ListedKind,
  q: { scope: Scope; identity: string; kind: string },
): Promise<Row> {
  const { shares } = q.scope;
  const scope =
    shares === undefined ? q.scope : { ...q.scope, shares: { ...shares, access: "read" as const } };
  const found = await findByIdentity<Row>(db, listed, { ...q, scope });
  if (found.kind === "one") return found.row;
  const message =
    found.kind === "none"
      ? `The specified ${q.kind} '${q.identity}' could not be found.`
      : `Multiple results found matching the query criteria '${q.identity}'. Please be more specific.`;
  throw new Refusal("invalid", "BadRequest", message);
}
