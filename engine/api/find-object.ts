import type { QueryResultRow } from "pg";
import { findByIdentity, type ListedKind, type Scope } from "../store/list-rows.ts";
import type { Queryable } from "../store/pool.ts";
import { ApiError } from "./api-error.ts";

/**
 * The object that a path names by id, name or the beginning of its id, in Senlin's words when there is none (404) or
 * more than one (400). `kind` is Senlin's word for it: `cluster`.
 */
export async function findObject<Row extends QueryResultRow>(
  db: Queryable,
  listed: ListedKind,
  q: { scope: Scope; identity: string; kind: string; names?: boolean },
): Promise<Row> {
  const found = await findByIdentity<Row>(db, listed, q);
  if (found.kind === "one") return found.row;
  if (found.kind === "none") {
    const { shares } = q.scope;
    if (shares?.access === "write") {
      const reading = { ...q, scope: { ...q.scope, shares: { ...shares, access: "read" as const } } };
      if ((await findByIdentity<Row>(db, listed, reading)).kind === "one") throw readOnly(q.kind, q.identity);
    }
    throw objectNotFound(q.kind, q.identity);
  }
  throw new ApiError(
    400,
    `Multiple results found matching the query criteria '${q.identity}'. Please be more specific.`,
    { type: "MultipleChoices" },
  );
}

function readOnly(kind: string, identity: string): ApiError {
  return new ApiError(403, `The ${kind} '${identity}' is shared with you to be read only.`, {
    type: "Forbidden",
    help: "ask its owner for a share that is read-write",
  });
}

/** Also what another project's object looks like. */
export function objectNotFound(kind: string, identity: string): ApiError {
  return new ApiError(404, `The ${kind} '${identity}' could not be found.`, { type: "ResourceNotFound" });
}
