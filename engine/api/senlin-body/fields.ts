import { type TSchema, Type } from "typebox";
import type { Json } from "../../../grammar/plan.ts";
import { pythonText } from "../../specs/python-text.ts";
import { ApiError } from "../api-error.ts";

/** The request's shape is wrong, in Senlin's words. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, message, { type: "HTTPBadRequest" });
}

/** What a value should have been that Senlin itself trips over (a Python TypeError): it says no more than that. */
export function malformed(): ApiError {
  return badRequest(
    "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  );
}

/**
 * One field of a body, as Senlin reads it in two passes (senlin: objects/fields.py): a look at the value, then its JSON
 * type. `T` is what a handler gets.
 */
export interface Field<T> {
  /** For OpenAPI. */
  readonly schema: TSchema;
  /** JSON types as messages list them: `'object', 'null'`. */
  readonly types: readonly JsonType[];
  /** Throws for what the first pass finds; the value comes back as handlers want it. */
  look(value: Json, name: string): T;
  /** What the second pass finds beside the type. */
  check?(value: Json): void;
  /** What `null` is read as, where it is no value of the field. */
  readonly nullMeans?: Json;
}

export type JsonType = "object" | "array" | "string" | "integer" | "number" | "boolean" | "null";

/** Whether a value is of one of these types; a truth value is no number. */
export function isOfType(value: Json, types: readonly JsonType[]): boolean {
  return types.some((type) => {
    if (type === "null") return value === null;
    if (type === "array") return Array.isArray(value);
    if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
    if (type === "integer") return typeof value === "number" && Number.isInteger(value);
    return typeof value === type;
  });
}

/** Text in messages, as Python's `repr` writes it. */
export function quoted(value: Json): string {
  return typeof value === "string" ? pythonText([value]).slice(1, -1) : pythonText(value);
}

/** 1 to 255 of letters, digits, `_ - . ~` and the common Chinese characters. */
export const nameField: Field<string> = {
  schema: Type.String({ minLength: 1, maxLength: 255, pattern: "^[a-zA-Z\\u4e00-\\u9fa5\\d\\.\\_\\~-]*$" }),
  types: ["string"],
  look(value, name) {
    if (typeof value !== "string") throw malformed();
    if (value.length < 1)
      throw badRequest(`The value for the ${name} field must be at least 1 characters long.`);
    if (value.length > 255)
      throw badRequest(`The value for the ${name} field must be less than 255 characters long.`);
    if (!/^[a-zA-Z\u4e00-\u9fa5\d._~-]*$/.test(value)) {
      throw badRequest(
        `The value for the '${name}' (${value}) contains illegal characters. It must contain only alphanumeric or "_-.~" characters and must start with letter.`,
      );
    }
    return value;
  },
};

/** Any text; numbers pass the first look and fail by type. */
export const textField: Field<string> = {
  schema: Type.String(),
  types: ["string"],
  look(value, name) {
    if (typeof value === "object" && value !== null)
      throw badRequest(
        `A string is required in field ${name}, not a ${Array.isArray(value) ? "list" : "dict"}`,
      );
    return pythonText(value);
  },
};

/** An object; a text is first tried as JSON, and refused all the same. */
export const mapField: Field<Readonly<Record<string, Json>>> = {
  schema: Type.Record(Type.String(), Type.Unknown()),
  types: ["object"],
  look(value) {
    if (typeof value === "string") {
      try {
        JSON.parse(value);
      } catch {
        throw badRequest(`The value (${value}) is not a valid JSON.`);
      }
    }
    return value as Readonly<Record<string, Json>>; // the second pass sees to it
  },
};

const words = { true: ["1", "t", "true", "on", "y", "yes"], false: ["0", "f", "false", "off", "n", "no"] };

/** `true` or `false`; words for them pass the first look and fail by type. */
export const boolField: Field<boolean> = {
  schema: Type.Boolean(),
  types: ["boolean"],
  look(value) {
    if (typeof value === "boolean") return value;
    const text = pythonText(value).trim();
    const known = [...words.true, ...words.false];
    if (!known.includes(text.toLowerCase())) {
      const listed = known
        .sort()
        .map((word) => `'${word}'`)
        .join(", ");
      throw badRequest(`Unrecognized value '${text}', acceptable values are: ${listed}`);
    }
    return words.true.includes(text.toLowerCase());
  },
};

/** Strict words for truth, as in bodies that Senlin takes a text in. */
export function readWord(value: Json): boolean {
  return boolField.look(value, "");
}

function integerOf(value: Json, name: string): number {
  if (typeof value === "number") return Math.trunc(value);
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
  throw badRequest(`The value for ${name} must be an integer: '${pythonText(value)}'.`);
}

/** A whole number from 0 on, or its digits. */
export const countField: Field<number> = {
  schema: Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^[0-9]*$" })]),
  types: ["integer", "string"],
  look(value, name) {
    const number = integerOf(value, name);
    if (number < 0) throw badRequest(`Value must be >= 0 for field '${name}'.`);
    return number;
  },
};

/** A size of a cluster: from `minimum` to as many nodes as a cluster may have. */
export function capacityField(q: { minimum: number; maximum: number }): Field<number> {
  return {
    schema: Type.Union([
      Type.Integer({ minimum: q.minimum, maximum: q.maximum }),
      Type.String({ pattern: "^[0-9]*$" }),
    ]),
    types: ["integer", "string"],
    look(value, name) {
      const number = integerOf(value, name);
      if (number < q.minimum)
        throw badRequest(`The value for the ${name} field must be greater than or equal to ${q.minimum}.`);
      if (number > q.maximum)
        throw badRequest(`The value for the ${name} field must be less than or equal to ${q.maximum}.`);
      return number;
    },
    check: expectDigits,
  };
}

function expectDigits(value: Json): void {
  if (typeof value === "string" && !/^[0-9]*$/.test(value))
    throw badRequest(`${quoted(value)} does not match '^[0-9]*$'`);
}

/** One of these texts. */
export function enumField<const V extends string>(values: readonly V[]): Field<V> {
  return {
    schema: Type.Union(values.map((value) => Type.Literal(value))),
    types: ["string"],
    look(value, name) {
      const found = values.find((each) => each === value);
      if (found === undefined)
        throw badRequest(`Value '${pythonText(value)}' is not acceptable for field '${name}'.`);
      return found;
    },
  };
}

/** A list of texts, at least `least` of them and each once. */
export function listField(q: { least: number }): Field<readonly string[]> {
  return {
    schema: Type.Array(Type.String(), { minItems: q.least, uniqueItems: true }),
    types: ["array"],
    nullMeans: [],
    look(value, name) {
      const texts = itemsOf(value).map((item) => textField.look(item, name));
      if (texts.length < q.least)
        throw badRequest(`Value for '${name}' must have at least ${q.least} item(s).`);
      if (new Set(texts).size < texts.length) throw badRequest(`Items for '${name}' must be unique`);
      return texts;
    },
    check(value) {
      for (const item of value as readonly Json[]) expectText(item);
    },
  };
}

/** What Python finds when it walks a value: the letters of a text, the names of a map. */
function itemsOf(value: Json): readonly Json[] {
  if (typeof value === "string") return [...value];
  if (typeof value !== "object" || value === null) throw malformed();
  return Array.isArray(value) ? value : Object.keys(value);
}

function expectText(value: Json): void {
  if (typeof value !== "string") throw badRequest(`${quoted(value)} is not of type 'string'`);
}

/** A map of texts in which no value comes twice. */
export const pairsField: Field<Readonly<Record<string, string>>> = {
  schema: Type.Record(Type.String(), Type.String()),
  types: ["object"],
  look(value, name) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed();
    const pairs = Object.entries(value as Readonly<Record<string, Json>>).map(([key, item]) => {
      if (item === null) throw badRequest(`Field \`${name}[${key}]' cannot be None`);
      return [key, textField.look(item, name)] as const;
    });
    if (new Set(pairs.map(([, item]) => item)).size < pairs.length)
      throw badRequest("Map contains duplicated values");
    return Object.fromEntries(pairs);
  },
  check(value) {
    for (const item of Object.values(value as Readonly<Record<string, Json>>)) expectText(item);
  },
};

/** Any number; a text is first tried as one, and refused all the same. */
export const numberField: Field<number> = {
  schema: Type.Number(),
  types: ["number"],
  look(value) {
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return Number(value);
    if (typeof value !== "string") throw malformed();
    const number = Number(value);
    if (value.trim() === "" || Number.isNaN(number))
      throw badRequest(`could not convert string to float: ${quoted(value)}`);
    return number;
  },
};

/** The same field, which may also be `null`: absent then, as the clients mean it. */
export function nullable<T>(field: Field<T>): Field<T | null> {
  return {
    ...field,
    schema: Type.Union([field.schema, Type.Null()]),
    types: [...field.types, "null"],
    look: (value, name) => (value === null ? null : field.look(value, name)),
    check(value) {
      if (value !== null) field.check?.(value);
    },
  };
}
