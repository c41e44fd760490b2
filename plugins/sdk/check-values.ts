import type { Json } from "./driver.ts";
import type { PropertySchema, PropertySchemas } from "./manifest.ts";
import { wholePattern } from "./whole-pattern.ts";

/** One thing that is wrong with a value: where (`environment.PATH`), and a sentence that says what and how to mend it. */
export interface ValueProblem {
  readonly path: string;
  readonly message: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ValueProblem[] };

/** Levels of lists and maps that a value may have. */
export const depthLimit = 32;

/**
 * A checked copy of a record with its defaults filled in: types, `required`, ranges, `values`, `pattern`; a name that
 * the schemas lack is refused. With `partial`, nothing is required and no default is filled in (the changes of an update).
 */
export function checkProperties(
  schemas: PropertySchemas,
  value: unknown,
  options: { readonly partial?: boolean } = {},
): Checked<Record<string, Json>> {
  const problems: ValueProblem[] = [];
  const copy = copyRecord(schemas, value, "", problems, depthLimit, options.partial ?? false);
  return problems.length === 0 && copy !== undefined ? { ok: true, value: copy } : { ok: false, problems };
}

/** A checked copy of one value. */
export function checkValue(schema: PropertySchema, value: unknown, path: string): Checked<Json> {
  const problems: ValueProblem[] = [];
  const copy = copyValue(schema, value, path, problems, depthLimit);
  return problems.length === 0 && copy !== undefined ? { ok: true, value: copy } : { ok: false, problems };
}

function copyRecord(
  schemas: PropertySchemas,
  value: unknown,
  at: string,
  problems: ValueProblem[],
  depth: number,
  partial: boolean,
): Record<string, Json> | undefined {
  if (!isRecord(value)) {
    problems.push({ path: at, message: `is ${show(value)}, not a record` });
    return undefined;
  }
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(schemas, name)) continue;
    const known = Object.keys(schemas).join(", ");
    problems.push({
      path: join(at, name),
      message: `is unknown; there is ${known === "" ? "nothing" : known}`,
    });
  }
  for (const [name, schema] of Object.entries(schemas)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined || (given === null && schema.required !== true && schema.type !== "Any")) {
      if (partial) continue;
      if (schema.default !== undefined) copy[name] = schema.default;
      else if (schema.required === true) problems.push({ path: join(at, name), message: "is missing" });
      continue;
    }
    const checked = copyValue(schema, given, join(at, name), problems, depth - 1);
    if (checked !== undefined) copy[name] = checked;
  }
  return copy;
}

function copyValue(
  schema: PropertySchema,
  value: unknown,
  at: string,
  problems: ValueProblem[],
  depth: number,
): Json | undefined {
  const wrong = (message: string): undefined => {
    problems.push({ path: at, message });
    return undefined;
  };
  if (depth < 0) return wrong(`is nested more than ${depthLimit} levels deep`);
  switch (schema.type) {
    case "String": {
      if (typeof value !== "string") return wrong(`is ${show(value)}, not a String`);
      if (schema.values !== undefined && !schema.values.includes(value))
        return wrong(`is ${show(value)}, not one of ${schema.values.map(show).join(", ")}`);
      if (schema.pattern !== undefined && wholePattern(schema.pattern)?.matches(value) === false)
        return wrong(`is ${show(value)}, which doesn't match ${schema.pattern}`);
      return value;
    }
    case "Bool":
      return typeof value === "boolean" ? value : wrong(`is ${show(value)}, not a Bool`);
    case "Int":
    case "Duration":
    case "Size":
      if (typeof value !== "number" || !Number.isSafeInteger(value))
        return wrong(`is ${show(value)}, not ${wholeNumber[schema.type]}`);
      return inRange(schema, value) ? value + 0 : wrong(rangeMessage(schema, value)); // + 0: JSON has no -0
    case "Float":
    case "Percent":
      if (typeof value !== "number" || !Number.isFinite(value))
        return wrong(`is ${show(value)}, not a number`);
      return inRange(schema, value) ? value + 0 : wrong(rangeMessage(schema, value));
    case "Secret":
      // never shown: somebody may have put the value itself there
      return isSecretReference(value) ? { $secret: value.$secret } : wrong("is not a Secret");
    case "List": {
      if (!Array.isArray(value)) return wrong(`is ${show(value)}, not a List`);
      return value.map(
        (item, i) => copyValue(schema.of ?? any, item, `${at}[${i}]`, problems, depth - 1) ?? null,
      );
    }
    case "Map": {
      if (!isRecord(value)) return wrong(`is ${show(value)}, not a Map`);
      const copy: Record<string, Json> = {};
      for (const key of Object.keys(value)) {
        if (key === "__proto__") return wrong("has the key __proto__, which is refused");
        copy[key] = copyValue(schema.of ?? any, value[key], join(at, key), problems, depth - 1) ?? null;
      }
      return copy;
    }
    case "Record":
      return copyRecord(schema.fields ?? {}, value, at, problems, depth, false);
    case "Any":
      if (value === null || typeof value === "boolean" || typeof value === "string") return value;
      if (typeof value === "number")
        return Number.isFinite(value) ? value + 0 : wrong("is not a finite number");
      if (Array.isArray(value)) return copyValue({ type: "List" }, value, at, problems, depth);
      if (isRecord(value)) return copyValue({ type: "Map" }, value, at, problems, depth);
      return wrong(`is ${show(value)}, not a value that JSON can say`);
  }
}

const any: PropertySchema = { type: "Any" };
const wholeNumber = {
  Int: "a whole number",
  Duration: "whole milliseconds",
  Size: "whole bytes",
} as const;

function inRange(schema: PropertySchema, value: number): boolean {
  return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
}

function rangeMessage(schema: PropertySchema, value: number): string {
  if (schema.maximum === undefined) return `is ${value}; it must be at least ${schema.minimum}`;
  if (schema.minimum === undefined) return `is ${value}; it may be at most ${schema.maximum}`;
  return `is ${value}; it must be from ${schema.minimum} to ${schema.maximum}`;
}

/** What stands for a secret outside of a driver: `{ "$secret": "password" }`. */
export function isSecretReference(value: unknown): value is { readonly $secret: string } {
  return isRecord(value) && Object.keys(value).length === 1 && typeof value["$secret"] === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}

/** The value for a message, cut to a length that people read. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a List" : "a Map";
  const text = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
