import type { FastifyRequest } from "fastify";
import { type TSchema, Type } from "typebox";
import type { Json } from "../../../grammar/plan.ts";
import { type Microversion, oldest } from "../microversion.ts";
import { badRequest, type Field, isOfType, malformed, quoted } from "./fields.ts";

/** A field in its body. */
export interface FieldUse<T> {
  readonly field: Field<T>;
  readonly required?: boolean;
  /** Older microversions drop it silently. */
  readonly since?: Microversion;
}

// biome-ignore lint/suspicious/noExplicitAny: each field has a type of its own; `Values` keeps them apart
export type Fields = Readonly<Record<string, FieldUse<any>>>;

/** What a handler gets: required fields are there, others may be absent. */
export type Values<F extends Fields> = {
  readonly [K in keyof F as F[K] extends { readonly required: true } ? K : never]: ReturnType<
    F[K]["field"]["look"]
  >;
} & {
  readonly [K in keyof F as F[K] extends { readonly required: true } ? never : K]?: ReturnType<
    F[K]["field"]["look"]
  >;
};

/** The parsed body, as Senlin's routes get it: `undefined` when it counts as missing (`api.md` §1). */
export function parseBody(contentType: string | undefined, bytes: Buffer): Json | undefined {
  const type = (contentType ?? "").toLowerCase();
  const taken =
    type === "" ||
    type.startsWith("text/plain") ||
    type.startsWith("application/json") ||
    contentType === "JSON";
  if (!taken || bytes[0] !== "{".charCodeAt(0)) return undefined;
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw badRequest(pythonJsonError(text, error));
  }
}

/** What V8 says of JSON that is none, and what Python says of it. */
const jsonFaults: readonly (readonly [RegExp, string])[] = [
  [/^Expected ':'/, "Expecting ':' delimiter"],
  [/^Expected ','/, "Expecting ',' delimiter"],
  [/^(Expected property name|Expected double-quoted)/, "Expecting property name enclosed in double quotes"],
  [/^Unterminated string/, "Unterminated string starting at"],
  [/^Unexpected non-whitespace/, "Extra data"],
];

/** Where JSON ends to be JSON, as Python says it. */
function pythonJsonError(text: string, error: unknown): string {
  const said = error instanceof Error ? error.message : "";
  const at = /position (\d+)/.exec(said);
  const position = at === null ? text.trimEnd().length : Number(at[1]);
  const before = text.slice(0, position);
  const line = before.split("\n").length;
  const column = position - before.lastIndexOf("\n");
  const fault = jsonFaults.find(([pattern]) => pattern.test(said))?.[1] ?? "Expecting value";
  return `${fault}: line ${line} column ${column} (char ${position})`;
}

/** The body as an object; Senlin's answer when there is none. */
export function expectBody(request: FastifyRequest): Readonly<Record<string, Json>> {
  const body = request.body as Json | undefined; // from `parseBody`
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw malformed();
  return body as Readonly<Record<string, Json>>;
}

/**
 * Reads `{"cluster": {…}}`. A missing wrapper is told in other words by operations that change something than by those
 * that make something.
 */
export function readWrapped<const F extends Fields>(
  request: FastifyRequest,
  q: { wrapper: string; fields: F; changes?: boolean },
): Values<F> {
  const body = expectBody(request);
  if (!Object.hasOwn(body, q.wrapper)) {
    throw badRequest(q.changes ? missingWrapper(q.wrapper) : `Request body missing '${q.wrapper}' key.`);
  }
  const inner = body[q.wrapper]!;
  if (inner === null && q.changes) throw badRequest(missingWrapper(q.wrapper));
  if (inner === null) throw malformed();
  if (!isOfType(inner, ["object"]))
    throw q.changes ? malformed() : badRequest(`${quoted(inner)} is not of type 'object'`);
  return readFields(inner as Readonly<Record<string, Json>>, q.fields, request.microversion);
}

/** Looks for the wrapper of a change before anything else of the request is read. */
export function expectWrapper(request: FastifyRequest, wrapper: string): void {
  if ((expectBody(request)[wrapper] ?? null) === null) throw badRequest(missingWrapper(wrapper));
}

function missingWrapper(wrapper: string): string {
  return `Malformed request data, missing '${wrapper}' key in request body.`;
}

/** Reads an object's fields: what each look finds first, then what is missing, too much, or of another type. */
export function readFields<const F extends Fields>(
  given: Readonly<Record<string, Json>>,
  fields: F,
  microversion: Microversion,
): Values<F> {
  const values: Record<string, unknown> = {};
  const there = Object.entries(fields).filter(([name]) => Object.hasOwn(given, name));
  for (const [name, { field, since }] of there) {
    const looked = field.look(orMeant(field, name, given[name]!), name);
    if (microversion >= (since ?? oldest)) values[name] = looked;
  }
  const required = Object.keys(fields).filter((name) => fields[name]?.required === true);
  for (const name of required.sort())
    if (!Object.hasOwn(given, name)) throw badRequest(`'${name}' is a required property`);
  expectKnown(given, Object.keys(fields));
  for (const [name, { field }] of there) {
    const value = given[name]!;
    if (!isOfType(value, field.types)) {
      const types = field.types.map((type) => `'${type}'`).join(", ");
      throw badRequest(`${quoted(value)} is not of type ${types}`);
    }
    field.check?.(value);
  }
  return values as Values<F>;
}

function orMeant<T>(field: Field<T>, name: string, value: Json): Json {
  if (value !== null || field.types.includes("null")) return value;
  if (field.nullMeans === undefined) throw badRequest(`Field \`${name}' cannot be None`);
  return field.nullMeans;
}

/** Refuses names that nobody knows, all at once. */
export function expectKnown(given: Readonly<Record<string, Json>>, known: readonly string[]): void {
  const unknown = Object.keys(given)
    .filter((name) => !known.includes(name))
    .sort();
  if (unknown.length === 0) return;
  const names = unknown.map((name) => quoted(name)).join(", ");
  throw badRequest(
    `Additional properties are not allowed (${names} ${unknown.length === 1 ? "was" : "were"} unexpected)`,
  );
}

/** The body's shape for OpenAPI. */
export function bodySchema(wrapper: string, fields: Fields): TSchema {
  return Type.Object({ [wrapper]: objectSchema(fields) });
}

export function objectSchema(fields: Fields): TSchema {
  const properties = Object.entries(fields).map(([name, { field, required }]) => {
    return [name, required === true ? field.schema : Type.Optional(field.schema)] as const;
  });
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false });
}
