/** How an option's text becomes a value of a body or a query. */
export type FieldKind = "text" | "count" | "number" | "flag" | "pairs" | "json" | "spec";

/** An option of a verb: `--min-size <count>` becomes `min_size` of the body. */
export interface Field {
  /** As it is written on the command line. */
  readonly flags: string;
  readonly doc: string;
  /** Its name in the body or the query. */
  readonly field: string;
  readonly kind: FieldKind;
  readonly required?: true;
  readonly choices?: readonly string[];
}

export type Values = Readonly<Record<string, unknown>>;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a verb asks of the API. */
export interface VerbRequest {
  readonly method: Method;
  /** Below `/v1/`. */
  readonly path: string;
  readonly body?: unknown;
}

/** One thing that can be done with a kind of object: `cluster resize`. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** What it does beyond the summary. */
  readonly description?: string;
  /** `<cluster>`, `[project]`, `<node...>`, each with what it is. */
  readonly arguments: readonly (readonly [argument: string, doc: string])[];
  readonly fields: readonly Field[];
  /** Words after `coppice cluster resize`, each with what it is for. */
  readonly examples: readonly (readonly [words: string, purpose: string])[];
  /** `args` are the arguments, one that may be repeated as a list; `values` the fields that were given. */
  readonly request: (
    args: readonly (string | readonly string[] | undefined)[],
    values: Values,
  ) => VerbRequest;
  /** The answer: a list under this name as a table, one object, or nothing but an action. */
  readonly answer:
    | { readonly list: string; readonly columns: readonly (readonly [title: string, field: string])[] }
    | { readonly one: string }
    | "action"
    | "nothing";
  /** Whether it starts an action, which `--wait` follows. */
  readonly starts?: true;
  /** How that action should end; SUCCEEDED when left out. */
  readonly ends?: "CANCELLED";
}

/** A kind of object, and what can be done with it. */
export interface Resource {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly verbs: readonly Verb[];
}

/** An argument of a path. */
export function segment(argument: string | readonly string[] | undefined): string {
  return encodeURIComponent(String(argument));
}

type Columns = readonly (readonly [title: string, field: string])[];
export const limits: readonly Field[] = [
  { flags: "--limit <count>", doc: "at most so many, 1 to 1000", field: "limit", kind: "count" },
  { flags: "--marker <id>", doc: "those after this one", field: "marker", kind: "text" },
  { flags: "--sort <keys>", doc: "name:desc,status", field: "sort", kind: "text" },
];

/** Of a cluster or node. */
export const maintenance: readonly Field[] = [
  { flags: "--until <time>", doc: "2026-12-01T12:00:00Z; until it is ended", field: "until", kind: "text" },
  { flags: "--enabled <yes/no>", doc: "no: ends it", field: "enabled", kind: "flag" },
];

/** `list`, with filters as options. */
export function listVerb(q: {
  plural: string;
  path?: string;
  columns: Columns;
  filters: readonly Field[];
  pages?: false;
  examples?: Verb["examples"];
}): Verb {
  const words = q.plural.replaceAll("_", " ");
  return {
    name: "list",
    summary: `list ${words}`,
    arguments: [],
    fields: [...q.filters, ...(q.pages === false ? [] : limits)],
    examples: [["", `all ${words} of the project, and those that are shared with it`], ...(q.examples ?? [])],
    request: (_, values) => ({ method: "GET", path: withQuery(q.path ?? q.plural, values) }),
    answer: { list: q.plural, columns: q.columns },
  };
}

/** `show` of one object by its id, name or the beginning of its id. */
export function showVerb(name: string, plural: string, example: string): Verb {
  return {
    name: "show",
    summary: `show one ${name}`,
    arguments: [[`<${name}>`, "its id, name or the beginning of its id"]],
    fields: [],
    examples: [[example, "all that the server knows of it"]],
    request: ([identity]) => ({ method: "GET", path: `${plural}/${segment(identity)}` }),
    answer: { one: name },
  };
}

/** `delete` of one object. */
export function deleteVerb(name: string, plural: string, example: string, starts?: true): Verb {
  return {
    name: "delete",
    summary: `delete a ${name}`,
    arguments: [[`<${name}>`, "its id, name or the beginning of its id"]],
    fields: [],
    examples: [[example, starts ? "starts an action that deletes it" : "unless something uses it"]],
    request: ([identity]) => ({ method: "DELETE", path: `${plural}/${segment(identity)}` }),
    answer: starts ? "action" : "nothing",
    ...(starts && { starts }),
  };
}

/** `clusters?name=web&name=db` */
export function withQuery(path: string, values: Values): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    for (const each of [value].flat()) query.append(name, String(each));
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}
