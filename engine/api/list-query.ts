import type { FastifyRequest } from "fastify";
import { currentConfig } from "../config/current-config.ts";
import type { ListedKind, PageQuery, SortKey } from "../store/list-rows.ts";
import { type Microversion, oldest, senlinsLast } from "./microversion.ts";
import { scopeOf } from "./scope.ts";
import { badRequest, countField } from "./senlin-body/fields.ts";

/** What a list takes beside `limit`, `marker`, `sort` and `global_project`. */
export interface ListContract {
  readonly kind: ListedKind;
  readonly defaultSort: string;
  /** Filters, each with what it allows. */
  readonly filters: Readonly<Record<string, FilterContract>>;
  /** How Senlin writes a name that it doesn't know: as it is, or in quotes. */
  readonly quotesUnknown?: boolean;
}

export interface FilterContract {
  /** Of several values the last one counts. */
  readonly single?: boolean;
  /** The only values that it takes. */
  readonly values?: readonly string[];
  /** What it takes beside them from 1.15 on. */
  readonly newValues?: readonly string[];
  /** What its values look like. */
  readonly pattern?: RegExp;
  /** Older microversions drop it. */
  readonly since?: Microversion;
}

/** The names that actions of programs have. */
export const actionNamePattern = /^[A-Za-z_]\w*$/;

/**
 * Reads a list's query as Senlin does, and refuses what it refuses (api.md §2.3). Without a limit all there are, as Senlin has it;
 * from 1.15 on pages have a size.
 */
export function readListQuery(request: FastifyRequest, contract: ListContract): PageQuery {
  const query = request.query as Readonly<Record<string, string | readonly string[]>>; // as the parser gives it
  const known = [...Object.keys(contract.filters), "limit", "marker", "sort", "global_project"];
  for (const name of Object.keys(query)) {
    if (known.includes(name)) continue;
    throw badRequest(`Invalid parameter ${contract.quotesUnknown ? `'${name}'` : name}`);
  }
  const global = lastOf(query, "global_project");
  const isGlobal = global === undefined ? false : readBoolean("global_project", global);
  const filters = readFilters(request, query, contract);
  const limit = readLimit(lastOf(query, "limit"), request.microversion);
  const marker = readMarker(lastOf(query, "marker"));
  const sort = readSort(lastOf(query, "sort") ?? contract.defaultSort, contract.kind);
  return { scope: scopeOf(request, isGlobal), filters, sort, marker, limit };
}

function readFilters(
  { microversion }: FastifyRequest,
  query: Readonly<Record<string, string | readonly string[]>>,
  contract: ListContract,
): Record<string, readonly string[]> {
  const filters: Record<string, readonly string[]> = {};
  for (const [name, filter] of Object.entries(contract.filters)) {
    const given = filter.single ? lastOf(query, name) : query[name];
    if (given === undefined || microversion < (filter.since ?? oldest)) continue;
    const values = typeof given === "string" ? [given] : given;
    for (const value of values) {
      const isNew = microversion > senlinsLast && filter.newValues?.includes(value) === true;
      const known = isNew || (filter.values?.includes(value) ?? true);
      if (!known || filter.pattern?.test(value) === false)
        throw badRequest(`Field value ${value} is invalid`);
    }
    filters[name] = values;
  }
  return filters;
}

/** `name:desc,init_at`: ascending where nothing is said; of `keys`, or all that the kind has. */
export function readSort(
  text: string,
  kind: ListedKind,
  keys: readonly string[] = Object.keys(kind.sortKeys),
): SortKey[] {
  return text.split(",").map((part) => {
    const colon = part.indexOf(":");
    const key = colon < 0 ? part : part.slice(0, colon);
    const direction = colon < 0 || colon === part.length - 1 ? "asc" : part.slice(colon + 1);
    if (key === "") throw badRequest("Missing sort key for 'sort'.");
    if (direction !== "asc" && direction !== "desc")
      throw badRequest(`Unsupported sort dir '${direction}' for 'sort'.`);
    if (!keys.includes(key)) throw badRequest(`Unsupported sort key '${key}' for 'sort'.`);
    return { key, direction };
  });
}

function readLimit(text: string | undefined, microversion: Microversion): number | null {
  const paged = microversion > senlinsLast;
  const maximumPageSize = currentConfig().get("max-page-size");
  if (text === undefined)
    return paged ? Math.min(currentConfig().get("default-page-size"), maximumPageSize) : null;
  const limit = Math.min(countField.look(text, "limit"), Number.MAX_SAFE_INTEGER);
  if (paged && limit > maximumPageSize)
    throw badRequest(`The value for limit must be at most ${maximumPageSize}: '${text}'.`);
  return limit;
}

function readMarker(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!isUuid(text)) throw badRequest(`The value for marker is not a valid UUID: '${text}'.`);
  return text;
}

/** `true` or `false` in any letter case. */
export function readBoolean(name: string, text: string): boolean {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  throw badRequest(`Invalid value '${text}' specified for '${name}'`);
}

/** A query of these names alone, each once; an empty value counts as absent. */
export function readQuery(
  request: FastifyRequest,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const query = request.query as Readonly<Record<string, string | readonly string[]>>; // as the parser gives it
  const read: Record<string, string> = {};
  for (const name of Object.keys(query)) {
    if (!names.includes(name)) throw badRequest(`Invalid parameter ${name}`);
    const text = lastOf(query, name);
    if (text !== undefined) read[name] = text;
  }
  return read;
}

/** Of a name that is repeated, the last value; an empty one counts as absent. */
function lastOf(
  query: Readonly<Record<string, string | readonly string[]>>,
  name: string,
): string | undefined {
  const given = query[name];
  const value = typeof given === "string" || given === undefined ? given : given.at(-1);
  return value === "" ? undefined : value;
}

/** 32 hexadecimal digits, with dashes or without. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text);
}
