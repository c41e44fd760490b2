import type { FastifyRequest } from "fastify";
import type { ListedKind, SortKey } from "../store/list-rows.ts";
import { ApiError } from "./api-error.ts";
import { type Microversion, oldest, senlinsLast } from "./microversion.ts";
import { type Scope, scopeOf } from "./scope.ts";

/** What a list takes beside `limit`, `marker`, `sort` and `global_project`. */
export interface ListContract {
  readonly kind: ListedKind;
  readonly defaultSort: string;
  /** Filters, each with what it allows. */
  readonly filters: Readonly<Record<string, FilterContract>>;
}

export interface FilterContract {
  /** May not be repeated. */
  readonly single?: boolean;
  /** The only values that it takes. */
  readonly values?: readonly string[];
  readonly uuid?: boolean;
  /** Older microversions drop it. */
  readonly since?: Microversion;
}

/** A list as a client asked for it. */
export interface ListQuery {
  readonly scope: Scope;
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly sort: readonly SortKey[];
  readonly marker: string | null;
  /** `null`: all there are, as Senlin has it; from 1.15 on pages have a size. */
  readonly limit: number | null;
}

/** Page sizes from 1.15 on. */
const defaultPageSize = 100;
const maximumPageSize = 1000;

/** Reads a list's query as Senlin does, and refuses what it refuses (api.md §2.3). */
export function readListQuery(request: FastifyRequest, contract: ListContract): ListQuery {
  const query = request.query as Readonly<Record<string, string | readonly string[]>>; // as the parser gives it
  const known = [...Object.keys(contract.filters), "limit", "marker", "sort", "global_project"];
  for (const name of Object.keys(query)) {
    if (!known.includes(name)) throw new ApiError(400, `Invalid parameter ${name}`);
  }
  const globalProject = single(query, "global_project");
  return {
    scope: scopeOf(
      request.caller,
      globalProject === undefined ? false : readBoolean("global_project", globalProject),
    ),
    filters: readFilters(request, query, contract),
    sort: readSort(single(query, "sort") ?? contract.defaultSort, contract.kind),
    marker: readMarker(single(query, "marker")),
    limit: readLimit(single(query, "limit"), request.microversion),
  };
}

function readFilters(
  { microversion }: FastifyRequest,
  query: Readonly<Record<string, string | readonly string[]>>,
  contract: ListContract,
): Record<string, readonly string[]> {
  const filters: Record<string, readonly string[]> = {};
  for (const [name, filter] of Object.entries(contract.filters)) {
    const given = query[name];
    if (given === undefined || microversion < (filter.since ?? oldest)) continue;
    const values = typeof given === "string" ? [given] : given;
    if (filter.single && values.length > 1) throw new ApiError(400, `Invalid parameter ${name}`);
    for (const value of values) {
      if (filter.values !== undefined && !filter.values.includes(value))
        throw new ApiError(400, `Field value ${value} is invalid`);
      if (filter.uuid && !isUuid(value))
        throw new ApiError(400, `The value for ${name} is not a valid UUID: '${value}'.`);
    }
    filters[name] = values;
  }
  return filters;
}

/** `name:desc,init_at`: ascending where nothing is said. */
export function readSort(text: string, kind: ListedKind): SortKey[] {
  if (text === "") return [];
  return text.split(",").map((part) => {
    const [key = "", direction = "asc", ...rest] = part.split(":");
    if (key !== "id" && !Object.hasOwn(kind.sortKeys, key))
      throw new ApiError(400, `Unsupported sort key '${key}' for 'sort'.`);
    if ((direction !== "asc" && direction !== "desc") || rest.length > 0)
      throw new ApiError(400, `Unsupported sort dir '${direction}' for 'sort'.`);
    return { key, direction };
  });
}

function readLimit(text: string | undefined, microversion: Microversion): number | null {
  const paged = microversion > senlinsLast;
  if (text === undefined) return paged ? defaultPageSize : null;
  if (!/^\d+$/.test(text)) throw new ApiError(400, `The value for limit must be an integer: '${text}'.`);
  const limit = Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  if (paged && limit > maximumPageSize)
    throw new ApiError(400, `The value for limit must be at most ${maximumPageSize}: '${text}'.`);
  return limit;
}

function readMarker(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!isUuid(text)) throw new ApiError(400, `The value for marker is not a valid UUID: '${text}'.`);
  return text;
}

/** `true` or `false` in any letter case. */
export function readBoolean(name: string, text: string): boolean {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  throw new ApiError(400, `Invalid value '${text}' specified for '${name}'`);
}

function single(
  query: Readonly<Record<string, string | readonly string[]>>,
  name: string,
): string | undefined {
  const given = query[name];
  if (given === undefined || typeof given === "string") return given;
  throw new ApiError(400, `Invalid parameter ${name}`);
}

/** 32 hexadecimal digits, with dashes or without. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text);
}
