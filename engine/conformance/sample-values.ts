import type { Json } from "../../grammar/plan.ts";
import { checkValue } from "../../plugins/sdk/check-values.ts";
import type { PropertySchema, PropertySchemas } from "../../plugins/sdk/manifest.ts";

/** Values for what must be given, as plain as can be; `missing` names what no value could be guessed for. */
export function sampleValues(schemas: PropertySchemas): {
  readonly values: Readonly<Record<string, Json>>;
  readonly missing: readonly string[];
} {
  const values: Record<string, Json> = {};
  const missing: string[] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema.required !== true) continue;
    const sample = sampleValue(schema);
    if (sample === undefined) missing.push(name);
    else values[name] = sample;
  }
  return { values, missing };
}

/** A value that the schema takes; `undefined` when none of our guesses is one. */
export function sampleValue(schema: PropertySchema): Json | undefined {
  return guesses(schema).find((guess) => checkValue(schema, guess, "").ok);
}

/** Changes of one property each that `update` should be able to make, at most `limit`. */
export function sampleChanges(
  schemas: PropertySchemas,
  properties: Readonly<Record<string, Json>>,
  limit: number,
): readonly Readonly<Record<string, Json>>[] {
  const changes: Record<string, Json>[] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema.updatable !== true || schema.deprecated !== undefined) continue;
    const now = JSON.stringify(properties[name] ?? schema.default ?? null);
    const other = guesses(schema).find(
      (guess) => JSON.stringify(guess) !== now && checkValue(schema, guess, "").ok,
    );
    if (other !== undefined) changes.push({ [name]: other });
    if (changes.length >= limit) break;
  }
  return changes;
}

function guesses(schema: PropertySchema): readonly Json[] {
  const { minimum = 1, maximum } = schema;
  const numbers = [minimum, minimum + 1, 1, 2, ...(maximum === undefined ? [] : [maximum])];
  switch (schema.type) {
    case "String":
      return [
        ...(schema.values ?? []),
        "sample",
        "sample-2",
        "1",
        "2",
        "a",
        "/tmp/sample",
        "http://127.0.0.1:1",
      ];
    case "Bool":
      return [true, false];
    case "Secret":
      return [{ $secret: "sample" }];
    case "List": {
      const one = schema.of === undefined ? undefined : sampleValue(schema.of);
      return one === undefined ? [[]] : [[], [one]];
    }
    case "Map": {
      const one = schema.of === undefined ? undefined : sampleValue(schema.of);
      return one === undefined ? [{}] : [{}, { sample: one }];
    }
    case "Record":
      return [sampleValues(schema.fields ?? {}).values];
    case "Any":
      return [null, "sample"];
    case "Size":
      return [268_435_456, 536_870_912, ...numbers];
    case "Duration":
      return [1000, 2000, ...numbers];
    default:
      return numbers;
  }
}
