import type { Json } from "../../grammar/plan.ts";
import type { PropertySchema, PropertySchemas } from "../../plugins/sdk/manifest.ts";
import { pythonText } from "./python-text.ts";

export type ReadProperties =
  | { readonly ok: true; readonly properties: Readonly<Record<string, Json>> }
  /** What Senlin says of the first thing that is wrong. */
  | { readonly ok: false; readonly message: string };

/**
 * What a spec's properties mean: values converted to their types and defaults filled in, as Senlin does it, in Senlin's
 * order: names in the schema's order, unknown ones last. What is absent without a default is absent (Senlin: null).
 * One thing that Senlin takes is refused: a text where a list belongs, which it reads as a list of its letters.
 * (senlin: common/schema.py)
 */
export function readProperties(schemas: PropertySchemas, given: Json): ReadProperties {
  try {
    return { ok: true, properties: readMap(schemas, expectMap(given)) };
  } catch (error) {
    if (error instanceof BadSpec) return { ok: false, message: error.message };
    throw error;
  }
}

class BadSpec extends Error {}

/** Reads all of a map, name by name: first a look at the value, then what it means. */
function readMap(schemas: PropertySchemas, map: Readonly<Record<string, Json>>): Record<string, Json> {
  const read: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const given = Object.hasOwn(map, name) ? map[name] : undefined;
    if (given !== undefined) lookAt(schema, given);
    const value = given === undefined ? defaultOf(schema, name) : meaningOf(schema, given);
    if (value !== undefined) read[name] = value;
  }
  for (const name of Object.keys(map))
    if (!Object.hasOwn(schemas, name)) throw new BadSpec(`Unrecognizable spec item '${name}'`);
  return read;
}

/** A default counts as it stands: what a Map's default lacks isn't filled in. */
function defaultOf(schema: PropertySchema, name: string): Json | undefined {
  if (schema.default !== undefined) return schema.default;
  if (schema.required === true) throw new BadSpec(`Required spec item '${name}' not provided`);
  return undefined;
}

/** Throws where a value is wrong; names that a map lacks, or has too many, are found when it is read. */
function lookAt(schema: PropertySchema, value: Json): void {
  switch (schema.type) {
    case "String": {
      if (value === null) throw new BadSpec("The value 'None' is not a valid string.");
      const text = pythonText(value);
      if (schema.values !== undefined && !schema.values.includes(text))
        throw new BadSpec(`'${text}' must be one of the allowed values: ${schema.values.join(", ")}`);
      return;
    }
    case "List":
      if (!Array.isArray(value)) throw new BadSpec(`'${pythonText(value)}' is not a List`);
      for (const item of value as readonly Json[]) lookAt(itemOf(schema), item);
      return;
    case "Record": {
      const map = expectMap(value);
      for (const [name, child] of Object.entries(schema.fields ?? {}))
        if (Object.hasOwn(map, name) && truthy(map[name]!)) lookAt(child, map[name]!);
      return;
    }
    default:
      meaningOf(schema, value);
  }
}

/** What a value that was looked at means; `undefined` for the null that Senlin takes for a whole number. */
function meaningOf(schema: PropertySchema, value: Json): Json | undefined {
  switch (schema.type) {
    case "String":
      return pythonText(value);
    case "Int":
      return value === null ? undefined : within(schema, readInteger(value));
    case "Float":
      return within(schema, readNumber(value));
    case "Bool":
      return readBoolean(value);
    case "List":
      return (value as readonly Json[]).map((item) => meaningOf(itemOf(schema), item) ?? null);
    case "Record":
      return readMap(schema.fields ?? {}, expectMap(value));
    default:
      return expectMap(value);
  }
}

function itemOf(schema: PropertySchema): PropertySchema {
  return schema.of ?? { type: "Map" };
}

function expectMap(value: Json): Readonly<Record<string, Json>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, Json>>;
  throw new BadSpec(`'${pythonText(value)}' is not a Map`);
}

function readInteger(value: Json): number {
  if (typeof value === "number") return Math.trunc(value) + 0;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") throw new BadSpec(notANumber(value));
  const read = pythonInteger(value);
  if (read === undefined) throw new BadSpec(`The value '${value}' is not a valid Integer`);
  return read;
}

function readNumber(value: Json): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") throw new BadSpec(notANumber(value));
  const read = pythonInteger(value) ?? pythonFloat(value);
  if (read === undefined) throw new BadSpec(`The value '${value}' is not a valid number.`);
  return read;
}

/** Senlin's schemas have no bounds, ours do. */
function within({ minimum = -Infinity, maximum = Infinity }: PropertySchema, value: number): number {
  if (value < minimum) throw new BadSpec(`The value '${value}' is less than ${minimum}`);
  if (value > maximum) throw new BadSpec(`The value '${value}' is more than ${maximum}`);
  return value;
}

/** What Python's `int` takes of decimal texts; `undefined` for others, and for numbers that JSON can't hold exactly. */
export function pythonInteger(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?\d+(_\d+)*$/.test(trimmed)) return undefined;
  const read = Number(trimmed.replaceAll("_", ""));
  return Number.isSafeInteger(read) ? read + 0 : undefined;
}

function pythonFloat(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+)?$/i.test(trimmed)) return undefined;
  const read = Number(trimmed.replaceAll("_", ""));
  return Number.isFinite(read) ? read : undefined;
}

const kindsInPython = { null: "NoneType", array: "list", object: "dict" } as const;

function notANumber(value: Json): string {
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : "object";
  return `int() argument must be a string, a bytes-like object or a real number, not '${kindsInPython[kind]}'`;
}

const yes = ["1", "t", "true", "on", "y", "yes"];
const no = ["0", "f", "false", "off", "n", "no"];

function readBoolean(value: Json): boolean {
  const word = pythonText(value).trim().toLowerCase();
  if (yes.includes(word)) return true;
  if (no.includes(word)) return false;
  throw new BadSpec(`The value '${pythonText(value)}' is not a valid Boolean`);
}

/** As Python sees it: empty lists and maps are false. */
function truthy(value: Json): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
