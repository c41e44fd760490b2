import type { Json } from "./plan.ts";

/** JSON with sorted keys and without white space: equal values give equal text. Keys that are `undefined` are left out. */
export function canonicalJson(value: Json): string {
  return write(value, new Map());
}

/** Keys of records of one shape in order, each with its text; thousands of records share a few dozen shapes. */
type Shapes = Map<string, readonly (readonly [key: string, written: string])[]>;

function write(value: Json, shapes: Shapes): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) text += `${text === "" ? "" : ","}${write(item, shapes)}`;
    return `[${text}]`;
  }
  const record = value as Readonly<Record<string, Json | undefined>>;
  for (const [key, written] of shapeOf(record, shapes)) {
    const of = record[key];
    if (of !== undefined) text += `${text === "" ? "" : ","}${written}${write(of, shapes)}`;
  }
  return `{${text}}`;
}

function shapeOf(record: Readonly<Record<string, unknown>>, shapes: Shapes) {
  const keys = Object.keys(record);
  const name = keys.length > longestShape ? null : JSON.stringify(keys);
  const known = name === null ? undefined : shapes.get(name);
  if (known !== undefined) return known;
  const shape = keys.sort().map((key) => [key, `${JSON.stringify(key)}:`] as const);
  if (name !== null) shapes.set(name, shape);
  return shape;
}

/** Records with more keys are tables by name: no two are alike. */
const longestShape = 16;
